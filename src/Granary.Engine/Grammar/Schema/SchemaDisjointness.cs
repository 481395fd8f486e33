using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>Proves that no value meets two schemas at once: by their kinds, by the values that they name, or by a property that both require.</summary>
internal sealed class SchemaDisjointness(SchemaDocument document)
{
    private const int MaxDepth = 4;

    private readonly SchemaFlattener _flattener = new(document); // with bounds of its own: what is compared is compiled once more
    private int _work;

    /// <summary>Refuses a choice of which two may hold at once.</summary>
    /// <param name="parts">What holds beside each branch.</param>
    /// <param name="alternatives">The choice.</param>
    /// <exception cref="ConstraintException">Two may, or there are too many to compare each with each.</exception>
    public void Check(List<SchemaPart> parts, SchemaAlternatives alternatives)
    {
        List<SchemaFacts> facts = [];
        foreach (SchemaPart branch in alternatives.Branches)
        {
            var next = new SchemaFacts(_flattener, [.. parts, branch]);
            int same = facts.FindIndex(other => !AreDisjoint(other, next, alternatives.Owner, depth: 0));
            if (same >= 0)
            {
                throw ConstraintException.At(
                    alternatives.Owner.Path, $"branches {same} and {facts.Count} of 'oneOf' may both hold; use 'anyOf', or give both a required property with different 'const'");
            }

            facts.Add(next);
        }
    }

    /// <summary>Whether it is proven; <see langword="false"/> says nothing.</summary>
    private bool AreDisjoint(SchemaFacts a, SchemaFacts b, SchemaPart owner, int depth)
    {
        Count(1 + ((a.Values?.Count ?? 0) * (long)(b.Values?.Count ?? 0)), owner);
        if (a.IsNothing || b.IsNothing || (a.Types & b.Types) == JsonTypes.None)
        {
            return true;
        }

        if (a.Values is { } values && b.Values is { } others)
        {
            return !values.Exists(value => others.Exists(other => JsonElement.DeepEquals(value, other)));
        }

        return depth < MaxDepth && (a.Types & b.Types) == JsonTypes.Object
            && a.Required.Any(name => b.Required.Contains(name) && AreDisjoint(a.Property(name), b.Property(name), owner, depth + 1));
    }

    private void Count(long comparisons, SchemaPart owner)
    {
        _work = (int)Math.Min(_work + comparisons, int.MaxValue);
        if (_work > GrammarLimits.MaxComparisons)
        {
            throw ConstraintException.At(owner.Path, "'oneOf' has too many branches to prove that no two of them hold at once; use 'anyOf'");
        }
    }
}
