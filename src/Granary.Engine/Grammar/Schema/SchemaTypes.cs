using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>Which kinds of values schemas allow.</summary>
internal static class SchemaTypes
{
    /// <summary>The kinds that all parts allow. Where none says, those that their keywords speak of, or all.</summary>
    public static JsonTypes Of(IReadOnlyList<SchemaPart> parts)
    {
        JsonTypes types = Declared(parts);
        JsonTypes mentioned = parts.Aggregate(JsonTypes.None, (all, part) => all | SchemaKeywords.Mentioned(part));
        bool isDeclared = parts.Any(part => part.TryGet("type", out _) || SchemaValues.Has(part));
        return isDeclared || mentioned == JsonTypes.None ? types : mentioned;
    }

    /// <summary>The kinds that no part's <c>type</c> forbids.</summary>
    public static JsonTypes Declared(IReadOnlyList<SchemaPart> parts)
    {
        JsonTypes types = JsonTypes.All;
        foreach (SchemaPart part in parts)
        {
            if (part.TryGet("type", out JsonElement type))
            {
                types &= type.ValueKind is JsonValueKind.Array
                    ? type.EnumerateArray().Aggregate(JsonTypes.None, (all, one) => all | Named(part, one))
                    : Named(part, type);
            }
        }

        return types;
    }

    /// <summary>The kind of a value.</summary>
    public static JsonTypes Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.String => JsonTypes.String,
        _ => value.TryGetDecimal(out decimal number) && number == decimal.Floor(number) ? JsonTypes.Integer : JsonTypes.Fraction,
    };

    private static JsonTypes Named(SchemaPart part, JsonElement name) => (name.ValueKind is JsonValueKind.String ? name.GetString() : null) switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "object" => JsonTypes.Object,
        "array" => JsonTypes.Array,
        "string" => JsonTypes.String,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        _ => throw part.Error("type", "must be null, boolean, object, array, string, integer or number, or several of them"),
    };
}
