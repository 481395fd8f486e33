namespace Granary.Shards;

/// <summary>Keys and values of consecutive tokens of a slot, as [layer][key, value][head][token][head dim] of a stage's layers.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Slot">The slot.</param>
/// <param name="FirstToken">The first token.</param>
/// <param name="Tokens">How many.</param>
[GenerateSerializer, Immutable, Alias("granary.kv-range")]
public readonly record struct KvRange([property: Id(0)] int Lane, [property: Id(1)] int Slot, [property: Id(2)] int FirstToken, [property: Id(3)] int Tokens);
