using Granary.Clustering;
using Granary.Errors;
using Granary.Storage;

namespace Granary.Audit;

/// <summary>See <see cref="IAuditGrain"/>.</summary>
[GrainType("audit")]
[ServingSilosPlacementFilter]
internal sealed class AuditGrain([PersistentState("audit", GrainStores.Sessions)] IPersistentState<AuditState> store) : Grain, IAuditGrain
{
    private const int MaxEntries = 1_000;

    public Task AddAsync(AuditEntry entry) => store.State.Entries.Contains(entry)
        ? Task.CompletedTask
        : store.ReplaceAsync(new AuditState { Entries = [.. store.State.Entries.TakeLast(MaxEntries - 1), entry] }, DeactivateOnIdle);

    public Task<AuditEntry[]> ListAsync(int take) => take is >= 1 and <= MaxEntries
        ? Task.FromResult(store.State.Entries.AsEnumerable().Reverse().Take(take).ToArray())
        : throw new GranaryException(ErrorCode.InvalidRequest, $"'take' must be 1 to {MaxEntries}.", "take");
}
