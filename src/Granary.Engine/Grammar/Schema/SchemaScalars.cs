using System.Text.Json;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Json;
using Granary.Engine.Grammar.Regexes;

namespace Granary.Engine.Grammar.Schema;

/// <summary>Strings and numbers of a schema as expressions.</summary>
internal sealed class SchemaScalars(JsonExpressions json)
{
    private const decimal MaxBound = 1e18m;
    private readonly ExpressionBuilder _builder = json.Builder;

    public Expression Strings(IReadOnlyList<SchemaPart> parts)
    {
        int least = parts.Max(part => part.Count("minLength", 0));
        int most = parts.Min(part => part.Count("maxLength", Expression.Unbounded));
        List<(SchemaPart Part, string Keyword, string Pattern)> patterns = [.. parts.SelectMany(Patterns).DistinctBy(found => found.Pattern, StringComparer.Ordinal)];
        if (most < least)
        {
            return _builder.Nothing;
        }

        if (patterns.Count == 0)
        {
            bool isAny = least == 0 && most == Expression.Unbounded;
            return isAny ? _builder.Call(json.Strings.Any) : json.Strings.OfLength(least, most);
        }

        (SchemaPart part, string keyword, string pattern) = patterns[0];
        if (patterns.Count > 1)
        {
            throw patterns[1].Part.Error(patterns[1].Keyword, $"together with another '{keyword}' is not supported");
        }

        HashSet<Expression> characters = [];
        Expression content = Content(part, keyword, pattern, characters);
        if (least == 0 && most == Expression.Unbounded)
        {
            return json.Strings.Quoted(content);
        }

        // Repetitions of one character are counted; what else a pattern may be is not.
        (Expression item, int from, int to) = content.Kind is ExpressionKind.Repeat ? (content.Parts[0], content.Least, content.Most) : (content, 1, 1);
        if (!characters.Contains(item))
        {
            throw part.Error(keyword, "together with 'minLength' or 'maxLength' is supported for a repeated class of characters alone, such as ^[a-z]+$; count in the pattern itself");
        }

        (from, to) = (Math.Max(from, least), Math.Min(to, most));
        return from > to ? _builder.Nothing : json.Strings.Quoted(_builder.Repeat(item, from, to));
    }

    public Expression Numbers(IReadOnlyList<SchemaPart> parts, bool isInteger)
    {
        NumberBounds bounds = parts.Select(BoundsOf).Aggregate((a, b) => a.And(b));
        if (bounds.IsEverything)
        {
            return _builder.Call(isInteger ? json.Numbers.AnyInteger : json.Numbers.Any);
        }

        return isInteger ? json.Numbers.Integers(bounds) : json.Numbers.Numbers(bounds);
    }

    private Expression Content(SchemaPart part, string keyword, string pattern, HashSet<Expression> characters)
    {
        try
        {
            return RegexParser.Somewhere(_builder, pattern, Spell);
        }
        catch (ConstraintException e)
        {
            throw part.Error(keyword, $"cannot be used: {e.Message}");
        }

        Expression Spell(CodePoints set)
        {
            Expression character = json.Strings.Spell(set);
            characters.Add(character);
            return character;
        }
    }

    private static IEnumerable<(SchemaPart Part, string Keyword, string Pattern)> Patterns(SchemaPart part)
    {
        if (part.TryGet("pattern", out JsonElement pattern))
        {
            yield return (part, "pattern", pattern.ValueKind is JsonValueKind.String ? pattern.GetString()! : throw part.Error("pattern", "must be a text"));
        }

        if (part.TryGet("format", out JsonElement format))
        {
            string? name = format.ValueKind is JsonValueKind.String ? format.GetString() : null;
            yield return (part, "format", StringFormats.Find(name) ?? throw part.Error("format", $"'{name}' is not supported; known are {StringFormats.Names}"));
        }
    }

    private static NumberBounds BoundsOf(SchemaPart part)
    {
        NumberBounds including = new(LimitOf(part, "minimum", isExcluded: false), LimitOf(part, "maximum", isExcluded: false));
        return including.And(new NumberBounds(LimitOf(part, "exclusiveMinimum", isExcluded: true), LimitOf(part, "exclusiveMaximum", isExcluded: true)));
    }

    private static Limit? LimitOf(SchemaPart part, string keyword, bool isExcluded)
    {
        if (!part.TryGet(keyword, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out decimal limit) && Math.Abs(limit) <= MaxBound
            ? new Limit(limit, isExcluded)
            : throw part.Error(keyword, "must be a number from -1e18 to 1e18");
    }
}
