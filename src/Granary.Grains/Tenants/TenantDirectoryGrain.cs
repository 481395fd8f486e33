using Granary.Clustering;
using Granary.Errors;
using Granary.Serving;
using Granary.Storage;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants;

/// <summary>See <see cref="ITenantDirectoryGrain"/>.</summary>
[GrainType("tenantdirectory")]
[ServingSilosPlacementFilter]
internal sealed partial class TenantDirectoryGrain(
    [PersistentState("tenantdirectory", GrainStores.Sessions)] IPersistentState<TenantDirectoryState> store,
    TimeProvider time,
    ILogger<TenantDirectoryGrain> logger) : Grain, ITenantDirectoryGrain
{
    /// <summary>How often tenants are woken at most, however many silos ask.</summary>
    public static readonly TimeSpan TendPeriod = TimeSpan.FromSeconds(5);

    private const int MaxTake = 100;
    private const int AtATime = 16;

    private long? _tendedAt;

    private TenantDirectoryState State => store.State;

    public Task AddAsync(string tenant)
    {
        var place = State.Tenants.BinarySearch(tenant, StringComparer.Ordinal);
        return place >= 0
            ? Task.CompletedTask
            : ChangeAsync([.. State.Tenants[..~place], tenant, .. State.Tenants[~place..]], State.WithWebhook);
    }

    public Task NoticeAsync(string tenant) => AddAsync(tenant);

    public Task<TenantPage> ListAsync(int skip, int take) => skip >= 0 && take is >= 1 and <= MaxTake
        ? Task.FromResult(new TenantPage([.. State.Tenants.Skip(skip).Take(take)], State.Tenants.Count))
        : throw new GranaryException(ErrorCode.InvalidRequest, $"'skip' must be 0 or more, 'take' 1 to {MaxTake}.", "take");

    public Task SetHasWebhookAsync(string tenant, bool hasWebhook) => State.WithWebhook.Contains(tenant) == hasWebhook
        ? Task.CompletedTask
        : ChangeAsync(State.Tenants, hasWebhook ? [.. State.WithWebhook, tenant] : [.. State.WithWebhook.Where(other => other != tenant)]);

    public async Task TendAsync()
    {
        if (_tendedAt is { } then && time.GetElapsedTime(then) < TendPeriod)
        {
            return;
        }

        _tendedAt = time.GetTimestamp();
        foreach (var some in State.WithWebhook.Chunk(AtATime).ToArray())
        {
            await Task.WhenAll(some.Select(WakeAsync));
        }
    }

    // One whose state cannot be read must not stop the others' alerts; the next round tries it again.
    private async Task WakeAsync(string tenant)
    {
        try
        {
            await GrainFactory.GetGrain<ITenantGrain>(tenant).WakeAsync();
        }
        catch (Exception exception)
        {
            LogNotWoken(tenant, GrainErrors.Translate(exception).Message);
        }
    }

    private Task ChangeAsync(List<string> tenants, HashSet<string> withWebhook) =>
        store.ReplaceAsync(new TenantDirectoryState { Tenants = tenants, WithWebhook = withWebhook }, DeactivateOnIdle);

    [LoggerMessage(2624, LogLevel.Warning, "{Tenant}, for which alerts may wait, could not be woken; the next round tries again ({Reason})")]
    private partial void LogNotWoken(string tenant, string reason);
}
