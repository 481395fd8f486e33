namespace Granary.Deployments;

/// <summary>A model whose files a silo has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fingerprint">Fingerprint of its manifest.</param>
/// <param name="Sizes">What its parts take.</param>
[GenerateSerializer, Immutable, Alias("granary.model.held")]
public sealed record HeldModel([property: Id(0)] string Name, [property: Id(1)] string Fingerprint, [property: Id(2)] ModelSizes Sizes);
