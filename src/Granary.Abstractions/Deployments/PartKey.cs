namespace Granary.Deployments;

/// <summary>A stage of a replica of a model, of one epoch.</summary>
/// <param name="Model">The model.</param>
/// <param name="Replica">The replica's number.</param>
/// <param name="Epoch">The replica's epoch.</param>
/// <param name="Stage">The stage.</param>
[GenerateSerializer, Immutable, Alias("granary.part.key")]
public sealed record PartKey([property: Id(0)] string Model, [property: Id(1)] int Replica, [property: Id(2)] int Epoch, [property: Id(3)] int Stage);
