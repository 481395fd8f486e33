using Granary.Clustering;
using Granary.Serving;
using Granary.Storage;
using Orleans.Runtime.Placement.Filtering;

namespace Granary.Tenants;

/// <summary>See <see cref="ITenantUsageGrain"/>.</summary>
[GrainType("tenantusage")]
[ServingSilosPlacementFilter]
[PreferredMatchSiloMetadataPlacementFilter(["zone"])]
internal sealed class TenantUsageGrain([PersistentState("tenantusage", GrainStores.Sessions)] IPersistentState<UsageDayState> store) : Grain, ITenantUsageGrain
{
    private bool _mayDiffer; // from what the store has

    private string Day => this.GetPrimaryKeyString()[(this.GetPrimaryKeyString().LastIndexOf('/') + 1)..];

    public async Task<bool[]> AddAsync(UsageRecord[] records, string[] closed)
    {
        await ReadAgainAsync();
        var state = store.State;
        var turns = state.Turns.ToHashSet(StringComparer.Ordinal);
        var rows = state.Rows.ToDictionary(row => (row.Key, row.Model));
        var isNew = new bool[records.Length];
        for (var i = 0; i < records.Length; i++)
        {
            var record = records[i];
            isNew[i] = turns.Add(record.Turn);
            if (isNew[i])
            {
                state.Settlements[record.Turn] = record.Settlement;
                rows[(record.Key, record.Model)] = Add(rows.GetValueOrDefault((record.Key, record.Model)), record);
            }
        }

        for (var i = 0; i < records.Length; i++)
        {
            // Who has not heard that it was the first asks again.
            isNew[i] |= records[i].Settlement is { Length: > 0 } mine && state.Settlements.GetValueOrDefault(records[i].Turn) == mine;
        }

        turns.ExceptWith(closed);
        Array.ForEach(closed, turn => state.Settlements.Remove(turn));
        _mayDiffer = true;
        state.Rows = [.. rows.Values];
        state.Turns = [.. turns];
        await GrainErrors.GuardStoreAsync(() => store.WriteStateAsync());
        _mayDiffer = false;
        return isNew;
    }

    public async Task<UsageRow[]> GetAsync()
    {
        await ReadAgainAsync();
        return [.. store.State.Rows.OrderBy(row => row.Key, StringComparer.Ordinal).ThenBy(row => row.Model, StringComparer.Ordinal)];
    }

    private async Task ReadAgainAsync()
    {
        if (_mayDiffer)
        {
            await GrainErrors.GuardStoreAsync(() => store.ReadStateAsync());
            _mayDiffer = false;
        }
    }

    private UsageRow Add(UsageRow? row, UsageRecord record)
    {
        row ??= new UsageRow { Day = Day, Key = record.Key, Model = record.Model };
        return row with
        {
            Requests = row.Requests + 1,
            Errors = row.Errors + (record.IsError ? 1 : 0),
            PromptTokens = row.PromptTokens + record.PromptTokens,
            CachedTokens = row.CachedTokens + record.CachedTokens,
            OutputTokens = row.OutputTokens + record.OutputTokens,
        };
    }
}
