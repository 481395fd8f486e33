namespace Orleans.Concurrency;

/// <summary>A value that sender and receiver promise not to change; it is passed by reference within a silo.</summary>
/// <param name="value">The value.</param>
[GenerateSerializer, Immutable, Alias("Orleans.Immutable")]
public readonly struct Immutable<T>(T value)
{
    /// <summary>The value.</summary>
    [Id(0)]
    public readonly T Value = value;
}
