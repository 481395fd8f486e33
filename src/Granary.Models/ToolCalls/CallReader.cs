using System.Security.Cryptography;
using System.Text.Json;
using Granary.Unicode;

namespace Granary.Models.ToolCalls;

/// <summary>JSON of calls: <c>{"name": …, "arguments": {…}}</c>, or a list of such, for those functions that were offered.</summary>
/// <param name="tools">The functions.</param>
/// <param name="argumentNames">What the member with the arguments may be called; the first is how the format calls it.</param>
internal sealed class CallReader(ToolUse tools, params string[] argumentNames)
{
    private const int MaxDepth = 64;
    private const int IdLength = 9;

    /// <summary>Reads the calls.</summary>
    /// <returns><see langword="null"/> where the text is no JSON that can be read, or anything in it is no call of a function that was offered.</returns>
    public ToolCall[]? Read(string json)
    {
        if (!JsonUnicode.IsValid(json))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = document.RootElement;
            ToolCall?[] calls = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Select(ReadCall)] : [ReadCall(root)];
            return calls.Length == 0 || calls.Contains(null) ? null : [.. calls.OfType<ToolCall>()];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ToolCall? ReadCall(JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Object
            || !call.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
            || tools.Definitions.All(tool => !name.ValueEquals(tool.Name)))
        {
            return null;
        }

        var arguments = argumentNames.Select(member => call.TryGetProperty(member, out var value) ? value : (JsonElement?)null).FirstOrDefault(value => value is not null);
        return arguments is null or { ValueKind: JsonValueKind.Object } ? new ToolCall(NewId(), name.GetString()!, arguments?.GetRawText() ?? "{}") : null;
    }

    /// <summary>An id for a call. Nine letters and digits: what the strictest templates (Mistral's) take when the call comes back in the history.</summary>
    public static string NewId() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", IdLength);
}
