namespace Granary.Shards;

/// <summary>Slots of one length that each lane has in every stage.</summary>
/// <param name="Slots">How many.</param>
/// <param name="Tokens">Tokens that each holds.</param>
[GenerateSerializer, Immutable, Alias("granary.lane-slots")]
public readonly record struct LaneSlots([property: Id(0)] int Slots, [property: Id(1)] int Tokens);
