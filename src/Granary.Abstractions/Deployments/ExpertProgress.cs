namespace Granary.Deployments;

/// <summary>How far a silo is with the experts of a model.</summary>
/// <param name="Silo">Name of the silo.</param>
/// <param name="AppliedVersion">The newest placement of which it holds its part.</param>
/// <param name="Error">Why it could not load its part.</param>
[GenerateSerializer, Immutable, Alias("granary.expert.progress")]
public sealed record ExpertProgress([property: Id(0)] string Silo, [property: Id(1)] int AppliedVersion, [property: Id(2)] string? Error);
