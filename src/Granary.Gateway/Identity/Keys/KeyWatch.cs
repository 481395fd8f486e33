using Granary.Identity;
using Granary.Serving;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Identity.Keys;

/// <summary>Asks four times a second which keys have changed, and cuts what runs by one that was revoked, and connections by one that has expired.</summary>
internal sealed partial class KeyWatch(IGrainFactory grains, KeyCache cache, RunningCallers running, TimeProvider time, ILogger<KeyWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    private (string Epoch, long Version) _known = ("", 0);
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await AskAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var askedAt = time.GetTimestamp();
            var changes = await grains.GetGrain<IKeyChangesGrain>(IKeyChangesGrain.Key).GetSinceAsync(_known.Epoch, _known.Version).WaitAsync(Patience, time, cancellationToken);
            cache.Apply(changes, askedAt);
            await CutAsync(cancellationToken);
            _known = (changes.Epoch, changes.Version); // not before they were cut: else a failure would spare them
            _isAway = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isAway && _known.Epoch.Length > 0) // a silo that starts cannot ask yet
                LogAway(GrainErrors.Translate(exception).Message);
            _isAway = true;
        }
    }

    // All of them: a key that was rotated ends when nothing changes any more. Where nothing has changed, nobody is asked.
    private async Task CutAsync(CancellationToken cancellationToken)
    {
        foreach (var id in running.Keys)
        {
            var key = await cache.FindAsync(id, cancellationToken);
            if (key?.IsActive(time.GetUtcNow()) != true)
                running.Cut(id, connectionsOnly: key is { RevokedAt: null });
        }
    }

    [LoggerMessage(4400, LogLevel.Information, "Which keys have changed cannot be asked; until it can, each key is asked for at each request ({Reason})")]
    private partial void LogAway(string reason);
}
