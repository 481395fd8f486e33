namespace Granary.Deployments;

/// <summary>What a silo says about a part that it was given.</summary>
/// <param name="Part">The part.</param>
/// <param name="State">How far it is.</param>
/// <param name="Error">Why it failed.</param>
[GenerateSerializer, Immutable, Alias("granary.part.report")]
public sealed record PartReport([property: Id(0)] PartKey Part, [property: Id(1)] PartState State, [property: Id(2)] string? Error = null);
