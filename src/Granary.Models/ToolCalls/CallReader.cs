using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Models.ToolCalls;

/// <summary>JSON of calls: <c>{"name": …, "arguments": {…}}</c>, or a list of such, for those functions that were offered.</summary>
/// <param name="tools">The functions.</param>
/// <param name="argumentNames">What the member with the arguments may be called; the first is how the format calls it.</param>
internal sealed class CallReader(ToolUse tools, params string[] argumentNames)
{
    private const int MaxDepth = 64;
    private const int IdLength = 9;

    /// <summary>JSON schema of one call.</summary>
    public static JsonObject Schema(ToolUse tools, string argumentsName)
    {
        var calls = tools.Definitions.Where(tool => tools.Only is null || tool.Name == tools.Only).Select(tool => (JsonNode)new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["name"] = new JsonObject { ["const"] = tool.Name }, [argumentsName] = JsonNode.Parse(tool.Parameters) },
            ["required"] = new JsonArray("name", argumentsName),
            ["additionalProperties"] = false,
        }).ToArray();
        return calls is [JsonObject only] ? only : new JsonObject { ["anyOf"] = new JsonArray(calls) };
    }

    /// <summary>Reads the calls.</summary>
    /// <returns><see langword="null"/> where the text is no JSON, or anything in it is no call of a function that was offered.</returns>
    public ToolCall[]? Read(string json)
    {
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

    // Nine letters and digits: what the strictest templates (Mistral's) take when the call comes back in the history.
    private static string NewId() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", IdLength);
}
