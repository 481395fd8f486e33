using System.Buffers;
using System.Globalization;

namespace Granary.Clustering;

/// <summary>Eight hexadecimal digits that tell a silo from the others, restarts of its machine included: short enough to end an id with.</summary>
/// <remarks>Two silos may have the same one, once in four billion pairs; whoever goes by it must be right all the same.</remarks>
public static class SiloMark
{
    private const int Length = 8;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>A silo's.</summary>
    public static string Of(SiloAddress silo) => ((uint)silo.GetConsistentHashCode()).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The one that a key ends with.</summary>
    /// <returns>Nothing where it ends with none.</returns>
    public static ReadOnlySpan<char> AtEndOf(ReadOnlySpan<char> key) =>
        key.Length >= Length && !key[^Length..].ContainsAnyExcept(LowerHex) ? key[^Length..] : [];
}
