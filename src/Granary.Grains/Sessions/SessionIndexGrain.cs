using Granary.Clustering;
using Granary.Errors;
using Granary.Serving;
using Granary.Storage;
using Microsoft.Extensions.Logging;

namespace Granary.Sessions;

/// <summary>One owner's conversations. New and removed entries are stored at once, refreshed ones within <see cref="Delay"/>.</summary>
[GrainType("sessionindex")]
[ServingSilosPlacementFilter]
[OwnZonePlacementFilter]
internal sealed partial class SessionIndexGrain(
    [PersistentState("sessionindex", GrainStores.Sessions)] IPersistentState<SessionIndexState> store,
    ILogger<SessionIndexGrain> logger) : Grain, ISessionIndexGrain
{
    private const int MaxTake = 500;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, SessionInfo> _sessions = [];
    private IGrainTimer? _timer;
    private bool _dirty;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var session in store.State.Sessions)
        {
            _sessions[session.Id] = session;
        }

        _timer = this.RegisterGrainTimer(FlushQuietlyAsync, new GrainTimerCreationOptions { DueTime = Delay, Period = Delay });
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        await FlushQuietlyAsync(cancellationToken);
    }

    public async Task PutAsync(SessionInfo session)
    {
        var known = _sessions.TryGetValue(session.Id, out var before);
        if (known && before!.UpdatedAt > session.UpdatedAt)
        {
            return;
        }

        _sessions[session.Id] = session;
        _dirty = true;
        if (!known)
        {
            await FlushAsync();
        }
    }

    public async Task RemoveAsync(string sessionId)
    {
        if (_sessions.Remove(sessionId))
        {
            _dirty = true;
        }

        await FlushAsync();
    }

    public Task<int> CountAsync() => Task.FromResult(_sessions.Count);

    public Task<SessionInfo[]> ListAsync(int skip = 0, int take = 100)
    {
        if (skip < 0)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "'skip' must not be negative.", "skip");
        }

        CheckTake(take);
        return Task.FromResult(SessionPlace.Sort(_sessions.Values).Skip(skip).Take(take).ToArray());
    }

    public Task<SessionInfo[]> ListFromAsync(SessionPlace? place, int take)
    {
        CheckTake(take);
        return Task.FromResult(SessionPlace.Sort(_sessions.Values.Where(session => place?.IsBefore(session) != false)).Take(take).ToArray());
    }

    private static void CheckTake(int take)
    {
        if (take is < 1 or > MaxTake)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"'take' must be between 1 and {MaxTake}.", "take");
        }
    }

    private async Task FlushAsync()
    {
        if (!_dirty)
        {
            return;
        }

        _dirty = false;
        store.State = new SessionIndexState { Sessions = [.. _sessions.Values] };
        try
        {
            await GrainErrors.GuardStoreAsync(() => store.WriteStateAsync());
        }
        catch (GranaryException exception)
        {
            _dirty = true;
            if (GrainErrors.IsStale(exception))
            {
                DeactivateOnIdle();
            }

            throw;
        }
    }

    private async Task FlushQuietlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync();
        }
        catch (GranaryException exception)
        {
            LogNotStored(exception, this.GetPrimaryKeyString());
        }
    }

    [LoggerMessage(2010, LogLevel.Warning, "The list of {Owner}'s conversations could not be stored; the next second tries again")]
    private partial void LogNotStored(Exception exception, string owner);
}
