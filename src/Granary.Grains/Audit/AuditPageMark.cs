namespace Granary.Audit;

/// <summary>A page that was put aside.</summary>
/// <param name="First">Number of its first entry.</param>
/// <param name="Count">Entries on it.</param>
/// <param name="LastAt">When its last entry was made.</param>
[GenerateSerializer, Immutable, Alias("granary.audit.page.mark")]
public sealed record AuditPageMark([property: Id(0)] long First, [property: Id(1)] int Count, [property: Id(2)] DateTimeOffset LastAt);
