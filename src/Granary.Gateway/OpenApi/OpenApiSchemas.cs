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
            var schema = strict.GetJsonSchemaAsNode(type, exporting);
            Rebase(schema, Place(type));
            schemas[type.Name] = schema;
        }

        return new JsonObject { ["$ref"] = Place(type) };
    }

    private static string Place(Type type) => $"#/components/schemas/{type.Name}";

    // A type that comes twice within a schema is described once; the other place names the first, from the schema's root, which is no longer the document's.
    private static void Rebase(JsonNode? node, string root)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Rebase(item, root);
        }
        else if (node is JsonObject members)
        {
            if ((members["$ref"] as JsonValue)?.GetValue<string>() is { } reference)
                members["$ref"] = root + reference[1..];
            foreach (var (_, member) in members)
                Rebase(member, root);
        }
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
