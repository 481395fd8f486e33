namespace Granary.Audit;

/// <summary>The newest thousand changes of a tenant (key: the tenant), or of silos and zones (key: <see cref="ClusterKey"/>).</summary>
[Alias("granary.audit")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>No tenant can be called so.</summary>
    const string ClusterKey = "/cluster";

    /// <summary>Stores an entry; the same one again is no error.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("Add")]
    Task AddAsync(AuditEntry entry);

    /// <summary>The newest, newest first.</summary>
    /// <param name="take">Most entries to return, 1–1,000.</param>
    [Alias("List")]
    Task<AuditEntry[]> ListAsync(int take);
}
