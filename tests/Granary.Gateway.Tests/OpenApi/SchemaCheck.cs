using System.Text.Json;

namespace Granary.Gateway.Tests.OpenApi;

/// <summary>Holds JSON against a schema of an OpenAPI document: types, required and unknown properties, values.</summary>
internal static class SchemaCheck
{
    /// <summary>What is wrong, each with its place; nothing if it is right.</summary>
    public static IEnumerable<string> Complaints(JsonElement document, JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.ValueKind == JsonValueKind.True)
            return [];
        if (schema.TryGetProperty("$ref", out var reference))
            return Complaints(document, reference.GetString()![2..].Split('/').Aggregate(document, (node, name) => node.GetProperty(name)), value, at);
        if (schema.TryGetProperty("oneOf", out var ways) && ways.EnumerateArray().Count(way => !Complaints(document, way, value, at).Any()) != 1)
            return [$"{at} is {value}, which is not one of {ways}"];
        if (schema.TryGetProperty("const", out var constant) && constant.ToString() != value.ToString())
            return [$"{at} is {value} and not {constant}"];
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Select(one => one.ToString()).Contains(value.ToString(), StringComparer.Ordinal))
            return [$"{at} is {value} and none of {values}"];
        if (schema.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!]).Any(name => Is(value, name)))
            return [$"{at} is {value.ValueKind} and not {type}"];
        return value.ValueKind switch
        {
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().SelectMany((item, i) => Complaints(document, items, item, $"{at}[{i}]")),
            JsonValueKind.Object => OfObject(document, schema, value, at),
            _ => [],
        };
    }

    private static IEnumerable<string> OfObject(JsonElement document, JsonElement schema, JsonElement value, string at)
    {
        foreach (var name in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [])
        {
            if (!value.TryGetProperty(name, out _))
                yield return $"{at}.{name} is missing";
        }

        if (!schema.TryGetProperty("properties", out var properties) && !schema.TryGetProperty("additionalProperties", out _))
            yield break; // any object
        foreach (var member in value.EnumerateObject())
        {
            if ((properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out var inner))
                || (schema.TryGetProperty("additionalProperties", out inner) && inner.ValueKind != JsonValueKind.False))
            {
                foreach (var complaint in Complaints(document, inner, member.Value, $"{at}.{member.Name}"))
                    yield return complaint;
            }
            else
            {
                yield return $"{at}.{member.Name} is unknown";
            }
        }
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };
}
