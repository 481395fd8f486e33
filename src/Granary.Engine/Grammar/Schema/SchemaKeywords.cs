using System.Collections.Frozen;
using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>The keywords that are understood. Others are refused: an output must not seem to keep a promise that nobody looked at.</summary>
internal static class SchemaKeywords
{
    /// <summary>They say nothing about what is valid.</summary>
    private static readonly FrozenSet<string> Annotations = FrozenSet.Create(
        StringComparer.Ordinal,
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding");

    private static readonly FrozenDictionary<string, JsonTypes> Constraints = new Dictionary<string, JsonTypes>(StringComparer.Ordinal)
    {
        ["properties"] = JsonTypes.Object,
        ["required"] = JsonTypes.Object,
        ["additionalProperties"] = JsonTypes.Object,
        ["items"] = JsonTypes.Array,
        ["prefixItems"] = JsonTypes.Array,
        ["minItems"] = JsonTypes.Array,
        ["maxItems"] = JsonTypes.Array,
        ["minLength"] = JsonTypes.String,
        ["maxLength"] = JsonTypes.String,
        ["pattern"] = JsonTypes.String,
        ["format"] = JsonTypes.String,
        ["minimum"] = JsonTypes.Number,
        ["maximum"] = JsonTypes.Number,
        ["exclusiveMinimum"] = JsonTypes.Number,
        ["exclusiveMaximum"] = JsonTypes.Number,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Others = FrozenSet.Create(StringComparer.Ordinal, "type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf");

    /// <exception cref="ConstraintException">A part has a keyword that is not understood.</exception>
    public static void Check(SchemaPart part)
    {
        if (part.Element.ValueKind is not JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty keyword in part.Element.EnumerateObject())
        {
            // Without effect with this value.
            bool isTrivial = keyword is { Name: "uniqueItems", Value.ValueKind: JsonValueKind.False };
            if (!isTrivial && !Annotations.Contains(keyword.Name) && !Constraints.ContainsKey(keyword.Name) && !Others.Contains(keyword.Name))
            {
                throw part.Error(keyword.Name, "is not supported");
            }
        }
    }

    /// <summary>Whether a schema is a reference and nothing else.</summary>
    public static bool IsReference(SchemaPart part, out JsonElement reference) =>
        part.TryGet("$ref", out reference) && part.Element.EnumerateObject().All(keyword => keyword.NameEquals("$ref") || Annotations.Contains(keyword.Name));

    /// <summary>Whether a schema allows everything.</summary>
    public static bool IsAnything(SchemaPart part) => part.Element.ValueKind is JsonValueKind.True
        || (part.Element.ValueKind is JsonValueKind.Object && part.Element.EnumerateObject().All(keyword => Annotations.Contains(keyword.Name)));

    /// <summary>Whether a part's own keywords forbid anything.</summary>
    public static bool IsLimiting(SchemaPart part) => part.Element.ValueKind is JsonValueKind.Object
        && part.Element.EnumerateObject().Any(keyword => Constraints.ContainsKey(keyword.Name) || keyword.Name is "type" or "enum" or "const");

    /// <summary>The kinds of values that a part's keywords speak of.</summary>
    public static JsonTypes Mentioned(SchemaPart part) =>
        part.Element.EnumerateObject().Aggregate(JsonTypes.None, (types, keyword) => types | Constraints.GetValueOrDefault(keyword.Name));

    /// <summary>A keyword of a part that limits values of a kind, if it has one.</summary>
    public static string? Limiting(SchemaPart part, JsonTypes types) =>
        part.Element.EnumerateObject().Select(keyword => keyword.Name).FirstOrDefault(name => (Constraints.GetValueOrDefault(name) & types) != JsonTypes.None);
}
