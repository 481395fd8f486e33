namespace Orleans.Runtime.Streaming;

/// <summary>Items, and what comes after them.</summary>
/// <param name="State">What comes after the items.</param>
/// <param name="Count">How many items there are.</param>
/// <param name="Items">The items, written one after the other.</param>
/// <param name="Error">What the iterator threw.</param>
[GenerateSerializer, Immutable]
internal sealed record StreamBatch([property: Id(0)] StreamState State, [property: Id(1)] int Count, [property: Id(2)] byte[] Items, [property: Id(3)] Exception? Error)
{
    public static StreamBatch Missing { get; } = new(StreamState.Missing, 0, [], null);
}
