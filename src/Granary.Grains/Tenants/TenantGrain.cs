using Granary.Clustering;
using Granary.Errors;
using Granary.Serving;
using Granary.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Placement.Filtering;

namespace Granary.Tenants;

/// <summary>See <see cref="ITenantGrain"/>; <see cref="TenantBook"/> does the arithmetic. Nothing is given that is not stored, so that whatever activation comes next cannot give it again.</summary>
[GrainType("tenant")]
[ServingSilosPlacementFilter]
[PreferredMatchSiloMetadataPlacementFilter(["zone"])]
internal sealed partial class TenantGrain(
    [PersistentState("tenant", GrainStores.Sessions)] IPersistentState<TenantState> store,
    ISiloMembers members,
    OpenReservations open,
    IOptions<TenantsOptions> options,
    IWebhookSender sender,
    IOptions<WebhookOptions> webhooks,
    TimeProvider timeProvider,
    ILogger<TenantGrain> logger) : Grain, ITenantGrain
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly TenantLimits _defaults = options.Value.ToLimits();
    private TenantBook? _book; // null where memory may differ from the store
    private bool _isListed;
    private long? _lookedAt; // into the log, for the turns of dead silos

    private ITenantDirectoryGrain Directory => GrainFactory.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key);

    private TenantLimits Limits => store.State.Limits ?? _defaults;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DeliverWaiting();
        return Task.CompletedTask;
    }

    public async Task<LeaseGrant> RenewAsync(LeaseReport report)
    {
        if (!_isListed)
        {
            _isListed = true;
            await Directory.NoticeAsync(this.GetPrimaryKeyString());
        }

        return await ChangeAsync((book, now) => book.Renew(report, Limits, now));
    }

    public Task<bool> ClaimAsync(Reservation reservation, string silo, long epoch, bool hasEnded) =>
        ChangeAsync((book, now) => book.Claim(reservation, silo, epoch, hasEnded, Limits, now));

    public Task<TenantStatus> GetStatusAsync() => ChangeAsync(Status);

    public async Task<TenantStatus> SetLimitsAsync(TenantLimits? limits)
    {
        if (limits is not null)
        {
            TenantLimitsRules.Check(limits);
            await Directory.AddAsync(this.GetPrimaryKeyString());
        }

        return await ChangeAsync(
            (book, now) =>
            {
                store.State.Limits = limits;
                if (!Limits.HasQuotas)
                {
                    store.State.Leases.Clear(); // nobody counts any more
                }

                return Status(book, now);
            },
            always: true);
    }

    private TenantStatus Status(TenantBook book, DateTimeOffset now) => new()
    {
        Tenant = this.GetPrimaryKeyString(),
        Limits = Limits,
        HasOwnLimits = store.State.Limits is not null,
        Requests = book.Taken(QuotaKind.Requests, now),
        Tokens = book.Taken(QuotaKind.Tokens, now),
        DayTokens = book.Taken(QuotaKind.DayTokens, now),
        MonthTokens = book.Taken(QuotaKind.MonthTokens, now),
        Streams = book.Taken(QuotaKind.Streams, now),
        Leases = store.State.Leases.Count,
        Webhook = Alerts.Status,
    };

    /// <summary>Moves the book to now, and takes back what silos held that are dead for long enough. Where a turn still holds a lease up, the log is asked again a second later.</summary>
    /// <returns>The time to go by.</returns>
    private async Task<DateTimeOffset> AdvanceAsync(TenantBook book)
    {
        var now = Advance(book);
        if (!book.HasDue(now) || (_lookedAt is { } last && timeProvider.GetElapsedTime(last) < BetweenLooks))
        {
            return now;
        }

        _lookedAt = timeProvider.GetTimestamp();
        try
        {
            var turns = await open.OfAsync(this.GetPrimaryKeyString(), CancellationToken.None);
            now = Advance(book); // that took its time
            book.Return(turns, now);
        }
        catch (GranaryException exception)
        {
            now = Advance(book);
            LogNotReturned(this.GetPrimaryKeyString(), exception.Message);
        }

        return now;
    }

    private DateTimeOffset Advance(TenantBook book) => book.Advance(timeProvider.GetUtcNow(), members.Active.Select(member => member.Address.ToParsableString()).ToHashSet(StringComparer.Ordinal));

    /// <summary>Changes the state and stores it; what could not be stored is read again before anything else is done.</summary>
    private async Task<T> ChangeAsync<T>(Func<TenantBook, DateTimeOffset, T> change, bool always = false)
    {
        if (_book is null)
        {
            await GrainErrors.GuardStoreAsync(() => store.ReadStateAsync());
        }

        var book = _book ?? new TenantBook(store.State, options.Value.ReturnAfter);
        _book = null;
        var now = await AdvanceAsync(book);
        var result = change(book, now);
        if (Alerts.Raise(Limits, timeProvider.GetUtcNow()) || book.IsChanged || always)
        {
            await GrainErrors.GuardStoreAsync(() => store.WriteStateAsync());
            book.Stored();
        }

        _book = book;
        DeliverWaiting();
        return result;
    }

    [LoggerMessage(2623, LogLevel.Warning, "What dead silos held of {Tenant} is still held: the token log does not say which turns go on ({Reason})")]
    private partial void LogNotReturned(string tenant, string reason);
}
