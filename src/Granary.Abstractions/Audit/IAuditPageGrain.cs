namespace Granary.Audit;

/// <summary>Changes that <see cref="IAuditGrain"/> has put aside, so that it need not write them again with each new one; key: <see cref="KeyOf"/>.</summary>
[Alias("granary.audit.page")]
public interface IAuditPageGrain : IGrainWithStringKey
{
    /// <summary>The key of the page that begins with a number.</summary>
    static string KeyOf(string of, long first) => $"{of}/{first}";

    /// <summary>Stores the page; again is no error.</summary>
    [Alias("Put")]
    Task PutAsync(AuditEntry[] entries);

    /// <summary>Its entries, oldest first.</summary>
    [Alias("Get")]
    Task<AuditEntry[]> GetAsync();

    /// <summary>Forgets it.</summary>
    [Alias("Remove")]
    Task RemoveAsync();
}
