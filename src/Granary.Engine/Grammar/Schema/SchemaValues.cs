using System.Buffers;
using System.Text;
using System.Text.Json;
using Granary.Engine.Grammar.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>The values that <c>enum</c> and <c>const</c> name.</summary>
internal static class SchemaValues
{
    public static bool Has(SchemaPart part) => part.TryGet("enum", out _) || part.TryGet("const", out _);

    /// <summary>The values that all parts name; <see langword="null"/> if none names any.</summary>
    public static List<JsonElement>? Of(IReadOnlyList<SchemaPart> parts)
    {
        List<JsonElement>? values = null;
        foreach (SchemaPart part in parts)
        {
            if (part.TryGet("enum", out JsonElement list))
            {
                values = list.ValueKind is JsonValueKind.Array ? Both(values, [.. list.EnumerateArray()]) : throw part.Error("enum", "must be a list of values");
            }

            if (part.TryGet("const", out JsonElement single))
            {
                values = Both(values, [single]);
            }
        }

        return values?.Count > GrammarLimits.MaxChoices ? throw parts[0].Error("enum", $"may have {GrammarLimits.MaxChoices} values at most") : values;
    }

    /// <summary>A value as JSON text: compact, strings in their shortest spelling.</summary>
    public static byte[] TextOf(JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>();
        Write(value, text);
        return text.WrittenSpan.ToArray();
    }

    private static List<JsonElement> Both(List<JsonElement>? values, List<JsonElement> others) =>
        values is null ? others : values.FindAll(value => others.Exists(other => JsonElement.DeepEquals(value, other)));

    private static void Write(JsonElement value, ArrayBufferWriter<byte> text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                text.Write(JsonStrings.SpellingOf(value.GetString()!));
                break;
            case JsonValueKind.Array:
                WriteList('[', ']', value.EnumerateArray(), item => Write(item, text), text);
                break;
            case JsonValueKind.Object:
                WriteList('{', '}', value.EnumerateObject(), WriteMember, text);
                break;
            default:
                text.Write(Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }

        void WriteMember(JsonProperty member)
        {
            text.Write(JsonStrings.SpellingOf(member.Name));
            text.Write(":"u8);
            Write(member.Value, text);
        }
    }

    private static void WriteList<T>(char open, char close, IEnumerable<T> items, Action<T> write, ArrayBufferWriter<byte> text)
    {
        text.Write([(byte)open]);
        bool isFirst = true;
        foreach (T item in items)
        {
            text.Write(isFirst ? [] : ","u8);
            write(item);
            isFirst = false;
        }

        text.Write([(byte)close]);
    }
}
