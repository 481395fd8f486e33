using Granary.Clustering;
using Granary.Serving;
using Granary.Storage;

namespace Granary.Audit;

/// <summary>See <see cref="IAuditPageGrain"/>.</summary>
[GrainType("auditpage")]
[ServingSilosPlacementFilter]
internal sealed class AuditPageGrain([PersistentState("auditpage", GrainStores.Sessions)] IPersistentState<AuditPageState> store) : Grain, IAuditPageGrain
{
    public Task PutAsync(AuditEntry[] entries) => store.ReplaceAsync(new AuditPageState { Entries = entries }, DeactivateOnIdle);

    public Task<AuditEntry[]> GetAsync() => Task.FromResult(store.State.Entries);

    public async Task RemoveAsync()
    {
        await GrainErrors.GuardStoreAsync(() => store.ClearStateAsync());
        DeactivateOnIdle();
    }
}
