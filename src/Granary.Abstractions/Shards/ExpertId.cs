namespace Granary.Shards;

/// <summary>An expert of a model.</summary>
/// <param name="Layer">Its layer, from 0.</param>
/// <param name="Expert">Its number in the layer, from 0.</param>
[GenerateSerializer, Immutable, Alias("granary.expert-id")]
public readonly record struct ExpertId([property: Id(0)] int Layer, [property: Id(1)] int Expert);
