using System.Diagnostics.CodeAnalysis;

namespace Granary.Engine.Grammar.Automata;

/// <summary>Compares sets of continuations, sorted, by identity.</summary>
internal sealed class ContinuationsComparer : IEqualityComparer<Continuation[]>
{
    public static ContinuationsComparer Instance { get; } = new();

    public bool Equals(Continuation[]? x, Continuation[]? y)
    {
        if (x is null || y is null || x.Length != y.Length)
        {
            return x == y;
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (!ReferenceEquals(x[i], y[i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode([DisallowNull] Continuation[] obj)
    {
        var hash = default(HashCode);
        foreach (Continuation continuation in obj)
        {
            hash.Add(continuation.Id);
        }

        return hash.ToHashCode();
    }
}
