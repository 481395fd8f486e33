using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Models.ToolCalls;

/// <summary>
/// JSON schemas of calls: <c>{"name": …, "arguments": {…}}</c>. The functions' own schemas lie in <c>$defs</c> under the functions' names, so that what is wrong with one names it;
/// references in them, which begin at their own root, are rewritten to begin at the whole's.
/// </summary>
internal static class CallSchema
{
    private const int MaxDepth = 128;

    /// <summary>Schema of what the model must write.</summary>
    /// <param name="tools">The functions.</param>
    /// <param name="argumentsName">What the member with the arguments is called.</param>
    /// <param name="around">What stands around the schema of one call, such as a list.</param>
    public static JsonObject Of(ToolUse tools, string argumentsName, Func<JsonObject, JsonObject>? around = null)
    {
        ToolDefinition[] callable = [.. tools.Definitions.Where(tool => tools.Only is null || tool.Name == tools.Only)];
        JsonNode[] calls = [.. callable.Select(tool => Call(tool, argumentsName))];
        var call = calls is [JsonObject only] ? only : new JsonObject { ["anyOf"] = new JsonArray(calls) };
        var schema = around?.Invoke(call) ?? call;
        schema["$defs"] = new JsonObject(callable.Select(tool => KeyValuePair.Create(tool.Name, JsonNode.Parse(Rebased(tool), documentOptions: new() { MaxDepth = MaxDepth }))));
        return schema;
    }

    private static JsonObject Call(ToolDefinition tool, string argumentsName) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["name"] = new JsonObject { ["const"] = tool.Name },
            [argumentsName] = new JsonObject { ["type"] = "object", ["$ref"] = RootOf(tool) }, // whatever its own schema forgets to say
        },
        ["required"] = new JsonArray("name", argumentsName),
        ["additionalProperties"] = false,
    };

    private static string RootOf(ToolDefinition tool) => $"#/$defs/{Uri.EscapeDataString(tool.Name)}";

    private static byte[] Rebased(ToolDefinition tool)
    {
        using var parameters = JsonDocument.Parse(tool.Parameters, new JsonDocumentOptions { MaxDepth = MaxDepth });
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            WriteSchema(writer, parameters.RootElement, RootOf(tool));
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteSchema(Utf8JsonWriter writer, JsonElement schema, string root)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var keyword in schema.EnumerateObject())
                {
                    writer.WritePropertyName(keyword.Name);
                    WriteKeyword(writer, keyword, root);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in schema.EnumerateArray())
                {
                    WriteSchema(writer, item, root);
                }

                writer.WriteEndArray();
                break;
            default:
                schema.WriteTo(writer);
                break;
        }
    }

    private static void WriteKeyword(Utf8JsonWriter writer, JsonProperty keyword, string root)
    {
        switch (keyword.Name)
        {
            case "$ref" when keyword.Value.ValueKind == JsonValueKind.String && keyword.Value.GetString() is ['#', .. "" or ['/', ..]] reference:
                writer.WriteStringValue(root + reference[1..]);
                break;
            case "const" or "enum" or "default" or "example" or "examples": // values, not schemas
                keyword.Value.WriteTo(writer);
                break;
            case "properties" or "$defs" or "definitions" when keyword.Value.ValueKind == JsonValueKind.Object: // schemas by names of any kind
                writer.WriteStartObject();
                foreach (var named in keyword.Value.EnumerateObject())
                {
                    writer.WritePropertyName(named.Name);
                    WriteSchema(writer, named.Value, root);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteSchema(writer, keyword.Value, root);
                break;
        }
    }
}
