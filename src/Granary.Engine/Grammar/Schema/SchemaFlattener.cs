using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>Follows references and dissolves <c>allOf</c>.</summary>
internal sealed class SchemaFlattener(SchemaDocument document)
{
    private int _work;

    /// <summary>Flattens schemas that must all hold.</summary>
    /// <exception cref="ConstraintException">A keyword is not supported, a reference leads nowhere or to itself, or it is all too large.</exception>
    public FlatSchema Flatten(IEnumerable<SchemaPart> parts)
    {
        List<SchemaPart> own = [];
        List<SchemaAlternatives> alternatives = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        bool possible = true;
        foreach (SchemaPart part in parts)
        {
            possible &= Add(part, own, alternatives, seen, []);
        }

        return new FlatSchema(own, alternatives, !possible);
    }

    private bool Add(SchemaPart part, List<SchemaPart> own, List<SchemaAlternatives> alternatives, HashSet<string> seen, HashSet<string> open)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_work > GrammarLimits.MaxSchemaParts)
        {
            throw ConstraintException.At(part.Path, $"with its references followed the schema has more than {GrammarLimits.MaxSchemaParts} parts");
        }

        if (part.OwnOnly || part.Element.ValueKind is not JsonValueKind.Object)
        {
            if (part.OwnOnly)
            {
                own.Add(part);
            }

            return part.Element.ValueKind is not JsonValueKind.False;
        }

        if (!open.Add(part.Path))
        {
            throw ConstraintException.At(part.Path, "the schema refers to itself with nothing in between");
        }

        bool possible = true;
        if (seen.Add(part.Path))
        {
            SchemaKeywords.Check(part);
            own.Add(part with { OwnOnly = true });
            if (part.TryGet("$ref", out JsonElement reference))
            {
                possible &= Add(document.Resolve(part, reference), own, alternatives, seen, open);
            }

            foreach (SchemaPart inner in Branches(part, "allOf"))
            {
                possible &= Add(inner, own, alternatives, seen, open);
            }

            AddAlternatives(part, "anyOf", isExclusive: false, alternatives);
            AddAlternatives(part, "oneOf", isExclusive: true, alternatives);
        }

        open.Remove(part.Path);
        return possible;
    }

    private static void AddAlternatives(SchemaPart part, string keyword, bool isExclusive, List<SchemaAlternatives> alternatives)
    {
        List<SchemaPart> branches = Branches(part, keyword);
        if (branches.Count > 0)
        {
            alternatives.Add(new SchemaAlternatives(part, isExclusive, branches));
        }
    }

    private static List<SchemaPart> Branches(SchemaPart part, string keyword)
    {
        if (!part.TryGet(keyword, out JsonElement list))
        {
            return [];
        }

        return list.ValueKind is JsonValueKind.Array && list.GetArrayLength() > 0
            ? [.. list.EnumerateArray().Select((branch, i) => part.Child(branch, keyword, i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]
            : throw part.Error(keyword, "must be a list of schemas");
    }
}
