using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Granary.Gateway.OpenApi;

/// <summary>Schemas of the types that are read and written, kept under their names.</summary>
/// <param name="schemas">The document's <c>components/schemas</c>.</param>
internal sealed class OpenApiSchemas(JsonObject schemas)
{
    private static readonly JsonSchemaExporterOptions OfBodies = new() { TreatNullObliviousAsNonNullable = true };

    private static readonly JsonSchemaExporterOptions OfAnswers = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = static (_, schema) => AsWritten(schema) };

    /// <summary>What a body must be.</summary>
    public JsonObject Body(Type type, JsonSerializerOptions json) => Of(type, json, OfBodies);

    /// <summary>What an answer is. Callers are told which fields it always has, and not that there are no others: later versions may have more.</summary>
    public JsonObject Answer(Type type, JsonSerializerOptions json) => Of(type, json, OfAnswers);

    private JsonObject Of(Type type, JsonSerializerOptions json, JsonSchemaExporterOptions exporting)
    {
        if (type.GetElementType() is { } element)
            return new JsonObject { ["type"] = "array", ["items"] = Of(element, json, exporting) };
        if (!schemas.ContainsKey(type.Name))
        {
            // Numbers in quotes are taken, too, which is nothing to recommend.
            var strict = new JsonSerializerOptions(json) { NumberHandling = JsonNumberHandling.Strict };
            schemas[type.Name] = strict.GetJsonSchemaAsNode(type, exporting);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    // What may be null may be left out, too.
    private static JsonNode AsWritten(JsonNode schema)
    {
        if (schema is not JsonObject node || node["properties"] is not JsonObject properties)
            return schema;
        node.Remove("additionalProperties");
        node["required"] = new JsonArray([.. properties.Where(property => !MayBeNull(property.Value)).Select(property => JsonValue.Create(property.Key))]);
        return node;
    }

    private static bool MayBeNull(JsonNode? schema) =>
        (schema?["type"] is JsonArray types && types.Any(type => (string?)type == "null")) || (schema?["enum"] is JsonArray values && values.Any(value => value is null));
}
