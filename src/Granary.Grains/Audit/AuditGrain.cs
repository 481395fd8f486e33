using Granary.Clustering;
using Granary.Errors;
using Granary.Serving;
using Granary.Storage;
using Microsoft.Extensions.Options;

namespace Granary.Audit;

/// <summary>
/// See <see cref="IAuditGrain"/>. Of <c>2 × <see cref="PageSize"/></c> entries the older half becomes a page of its own, stored before it leaves here: a failure in between stores it again. The
/// newest stay, so that an entry which comes twice is known.
/// </summary>
[GrainType("audit")]
[ServingSilosPlacementFilter]
internal sealed class AuditGrain(
    [PersistentState("audit", GrainStores.Sessions)] IPersistentState<AuditState> store, IOptions<AuditOptions> options, TimeProvider time) : Grain, IAuditGrain
{
    /// <summary>Entries of a page.</summary>
    public const int PageSize = 200;

    private const int MaxTake = 1_000;

    private AuditState State => store.State;

    private DateTimeOffset Oldest => time.GetUtcNow() - options.Value.KeepFor;

    public async Task AddAsync(AuditEntry entry)
    {
        if (State.Entries.Contains(entry))
        {
            return;
        }

        var pages = await WithoutOldAsync();
        var (entries, first) = (State.Entries, State.First);
        if (pages.Count == 0)
        {
            entries = [.. entries.SkipWhile(old => old.At < Oldest)];
            first += State.Entries.Count - entries.Count;
        }

        while (entries.Count >= 2 * PageSize)
        {
            var page = entries[..PageSize];
            var key = first;
            await GrainErrors.GuardAsync(() => Page(key).PutAsync([.. page]));
            pages = [.. pages, new AuditPageMark(first, page.Count, page[^1].At)];
            (entries, first) = (entries[PageSize..], first + PageSize);
        }

        await store.ReplaceAsync(new AuditState { Entries = [.. entries, entry], First = first, Pages = pages }, DeactivateOnIdle);
    }

    public async Task<AuditEntry[]> ListAsync(int take) => (await ListBeforeAsync(null, take)).Entries;

    public async Task<AuditList> ListBeforeAsync(long? before, int take)
    {
        if (take is < 1 or > MaxTake)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"'take' must be 1 to {MaxTake}.", "take");
        }

        var (end, oldest) = (Math.Min(before ?? long.MaxValue, State.First + State.Entries.Count), Oldest);
        var found = new List<AuditEntry>();
        var next = Add(State.First, State.Entries);
        for (var i = State.Pages.Count - 1; i >= 0 && found.Count < take; i--)
        {
            var page = State.Pages[i];
            if (page.LastAt >= oldest && page.First < end)
            {
                AuditEntry[] entries = [];
                await GrainErrors.GuardAsync(async () => entries = await Page(page.First).GetAsync());
                next = Add(page.First, entries);
            }
        }

        return new([.. found], found.Count == take && next > (State.Pages is [var first, ..] ? first.First : State.First) ? next : null);

        // Returns the number of the oldest one that was taken.
        long Add(long first, IReadOnlyList<AuditEntry> entries)
        {
            var place = (int)Math.Clamp(end - first, 0, entries.Count);
            while (place > 0 && found.Count < take)
            {
                place--;
                if (entries[place].At >= oldest)
                {
                    found.Add(entries[place]);
                }
            }

            return first + place;
        }
    }

    /// <summary>The pages whose last entry is not too old; the others are forgotten.</summary>
    private async Task<List<AuditPageMark>> WithoutOldAsync()
    {
        var oldest = Oldest;
        foreach (var page in State.Pages.Where(page => page.LastAt < oldest))
        {
            await GrainErrors.GuardAsync(() => Page(page.First).RemoveAsync());
        }

        return [.. State.Pages.Where(page => page.LastAt >= oldest)];
    }

    private IAuditPageGrain Page(long first) => GrainFactory.GetGrain<IAuditPageGrain>(IAuditPageGrain.KeyOf(this.GetPrimaryKeyString(), first));
}
