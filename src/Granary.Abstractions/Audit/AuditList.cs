namespace Granary.Audit;

/// <summary>Some of the changes.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">Where the page behind this one begins; <see langword="null"/> where nothing is older.</param>
[GenerateSerializer, Immutable, Alias("granary.audit.list")]
public sealed record AuditList([property: Id(0)] AuditEntry[] Entries, [property: Id(1)] long? Next);
