namespace Orleans.Runtime;

/// <summary>Which activation of a grain lives at which silo: an entry of the directory.</summary>
[GenerateSerializer, Immutable]
internal sealed record ActivationAddress([property: Id(0)] GrainId Grain, [property: Id(1)] SiloAddress Silo, [property: Id(2)] long Activation);
