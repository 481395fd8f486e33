namespace Orleans.Runtime.Streaming;

/// <summary>A call of a method that returns <see cref="IAsyncEnumerable{T}"/>.</summary>
/// <param name="Id">Names the enumeration.</param>
/// <param name="Method">The method's id on the wire.</param>
/// <param name="Arguments">Its arguments, written.</param>
/// <param name="BatchSize">Most items in a batch.</param>
[GenerateSerializer, Immutable]
internal sealed record StreamRequest([property: Id(0)] Guid Id, [property: Id(1)] ulong Method, [property: Id(2)] byte[] Arguments, [property: Id(3)] int BatchSize);
