using System.Globalization;
using System.Text.Json;
using Granary.Unicode;

namespace Granary.Engine.Grammar.Schema;

/// <summary>A schema's text and the references in it.</summary>
internal sealed class SchemaDocument : IDisposable
{
    private readonly JsonDocument _document;

    private SchemaDocument(JsonDocument document)
    {
        _document = document;
        Root = new SchemaPart(document.RootElement, "#");
    }

    public SchemaPart Root { get; }

    /// <exception cref="ConstraintException">The text is no JSON, or is no schema.</exception>
    public static SchemaDocument Parse(string text)
    {
        if (!JsonUnicode.IsValid(text))
        {
            throw new ConstraintException($"the schema is no JSON that can be read: {JsonUnicode.Problem}");
        }

        try
        {
            var document = new SchemaDocument(JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = GrammarLimits.MaxSchemaDepth }));
            if (document.Root.Element.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False)
            {
                return document;
            }

            document.Dispose();
            throw ConstraintException.At("#", "a schema must be an object or a boolean");
        }
        catch (JsonException e)
        {
            throw new ConstraintException($"the schema is no JSON that can be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>What a reference refers to.</summary>
    public SchemaPart Resolve(SchemaPart from, JsonElement reference)
    {
        if (reference.ValueKind is not JsonValueKind.String || reference.GetString() is not ['#', .. string pointer] || pointer is not ("" or ['/', ..]))
        {
            throw from.Error("$ref", "must point into this schema, such as #/$defs/name");
        }

        SchemaPart part = Root;
        JsonElement element = Root.Element;
        string[] steps = [.. pointer.Split('/').Skip(1).Select(step => Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        foreach (string step in steps)
        {
            bool found = element.ValueKind switch
            {
                JsonValueKind.Object => element.TryGetProperty(step, out element),
                JsonValueKind.Array when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < element.GetArrayLength() => (element = element[index]).ValueKind is not JsonValueKind.Undefined,
                _ => false,
            };
            if (!found)
            {
                throw from.Error("$ref", $"points to '{reference.GetString()}', which is not there");
            }
        }

        return steps.Length == 0 ? part : part.Child(element, steps);
    }

    public void Dispose() => _document.Dispose();
}
