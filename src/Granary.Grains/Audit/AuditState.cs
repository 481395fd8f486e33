namespace Granary.Audit;

/// <summary>What an audit grain stores.</summary>
[GenerateSerializer, Alias("granary.audit.state")]
public sealed class AuditState
{
    /// <summary>Oldest first.</summary>
    [Id(0)] public List<AuditEntry> Entries { get; set; } = [];
}
