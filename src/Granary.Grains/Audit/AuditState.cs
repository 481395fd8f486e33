namespace Granary.Audit;

/// <summary>What an audit grain stores: the newest entries, and where the others are. Entries are numbered from 0 on, in their order.</summary>
[GenerateSerializer, Alias("granary.audit.state")]
public sealed class AuditState
{
    /// <summary>The newest, oldest first.</summary>
    [Id(0)] public List<AuditEntry> Entries { get; set; } = [];

    /// <summary>Number of the first of <see cref="Entries"/>.</summary>
    [Id(1)] public long First { get; set; }

    /// <summary>Pages with older ones, oldest first.</summary>
    [Id(2)] public List<AuditPageMark> Pages { get; set; } = [];
}
