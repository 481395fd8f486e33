namespace Granary.Audit;

/// <summary>The changes of a tenant (key: the tenant), or of silos, zones and models (key: <see cref="ClusterKey"/>), in the order in which they were written down. Nothing but age takes one out.</summary>
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

    /// <summary>A page of them, newest first.</summary>
    /// <param name="before">An <see cref="AuditList.Next"/>; <see langword="null"/> for the newest.</param>
    /// <param name="take">Most entries to return, 1–1,000.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>, <c>store_unavailable</c>.</exception>
    [Alias("ListBefore")]
    Task<AuditList> ListBeforeAsync(long? before, int take);
}
