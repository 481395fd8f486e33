namespace Granary.Deployments.Planning;

/// <summary>Which silo holds which experts.</summary>
/// <param name="Silos">By address, [layer]: experts, rising; empty for layers without experts.</param>
/// <param name="Skew">Mean over layers of the largest load of a silo by what would be its share for its speed; 1 is perfect.</param>
/// <param name="Problem">Why not all copies have a place, and what would make room; <see langword="null"/> if they have.</param>
internal sealed record ExpertLayout(IReadOnlyDictionary<string, int[][]> Silos, double Skew, string? Problem);
