namespace Granary.Shards;

/// <summary>The beginning of a slot's keys and values that another slot of the same lane gets.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="From">The slot that stays as it is.</param>
/// <param name="To">The slot that is overwritten.</param>
/// <param name="Tokens">How many tokens.</param>
[GenerateSerializer, Immutable, Alias("granary.slot-copy")]
public readonly record struct SlotCopy([property: Id(0)] int Lane, [property: Id(1)] int From, [property: Id(2)] int To, [property: Id(3)] int Tokens);
