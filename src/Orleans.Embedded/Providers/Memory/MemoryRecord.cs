namespace Orleans.Storage;

/// <summary>A record in memory.</summary>
[GenerateSerializer, Immutable]
internal sealed record MemoryRecord([property: Id(0)] string Etag, [property: Id(1)] byte[] Data);
