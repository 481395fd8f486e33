namespace Granary.Audit;

/// <summary>What an audit page stores.</summary>
[GenerateSerializer, Alias("granary.audit.page.state")]
public sealed class AuditPageState
{
    /// <summary>Oldest first.</summary>
    [Id(0)] public AuditEntry[] Entries { get; set; } = [];
}
