using System.Globalization;
using System.Text.Json;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>
/// Arrays of a schema as expressions. After <c>prefixItems</c> come only items that the schema speaks of, in <c>items</c> or by demanding
/// more with <c>minItems</c>.
/// </summary>
internal sealed class SchemaArrays(JsonExpressions json, Func<IReadOnlyList<SchemaPart>, Expression> compile)
{
    private readonly ExpressionBuilder _builder = json.Builder;

    public Expression Compile(IReadOnlyList<SchemaPart> parts)
    {
        int least = parts.Max(part => part.Count("minItems", 0));
        int most = parts.Min(part => part.Count("maxItems", Expression.Unbounded));
        List<SchemaPart>[] prefixes = [.. parts.Select(Prefix)];
        int prefix = prefixes.Max(items => items.Count);
        if (prefix > 0 && !parts.Any(part => part.TryGet("items", out _)))
        {
            most = Math.Min(most, Math.Max(prefix, least));
        }

        if (most < least)
        {
            return _builder.Nothing;
        }

        Expression rest = compile([.. parts.Select(Items).OfType<SchemaPart>()]);
        if (prefix == 0)
        {
            return json.Brackets(json.List(rest, least, most));
        }

        // From the last item to the first; each brings those after it.
        Expression after = json.More(rest, Math.Max(least - prefix, 0), most == Expression.Unbounded ? most : Math.Max(most - prefix, 0));
        for (int i = prefix - 1; i >= 0; i--)
        {
            Expression item = i < most ? compile(At(parts, prefixes, i)) : _builder.Nothing;
            Expression items = _builder.Sequence(i == 0 ? _builder.Empty : json.Comma, item, after);
            after = i < least ? items : _builder.Optional(items);
        }

        return json.Brackets(after);
    }

    private static List<SchemaPart> Prefix(SchemaPart part)
    {
        if (!part.TryGet("prefixItems", out JsonElement items))
        {
            return [];
        }

        return items.ValueKind is JsonValueKind.Array
            ? [.. items.EnumerateArray().Select((item, i) => part.Child(item, "prefixItems", i.ToString(CultureInfo.InvariantCulture)))]
            : throw part.Error("prefixItems", "must be a list of schemas");
    }

    private static SchemaPart? Items(SchemaPart part) => !part.TryGet("items", out JsonElement items) ? null
        : items.ValueKind is JsonValueKind.Array ? throw part.Error("items", "must be a schema; a list of them is written 'prefixItems'")
        : part.Child(items, "items");

    /// <summary>What the parts say of one place: its own schema, or that of the others.</summary>
    private static List<SchemaPart> At(IReadOnlyList<SchemaPart> parts, List<SchemaPart>[] prefixes, int index) =>
        [.. parts.Select((part, i) => index < prefixes[i].Count ? prefixes[i][index] : Items(part)).OfType<SchemaPart>()];
}
