using Granary.Identity;
using Granary.Serving;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Identity.Keys;

/// <summary>Asks four times a second which keys have changed, and cuts what runs by one that has ended.</summary>
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
            if (changes.Rings is not [])
                await CutAsync(changes.Rings, cancellationToken);
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

    private async Task CutAsync(int[]? rings, CancellationToken cancellationToken)
    {
        foreach (var id in running.Keys.Where(id => rings is null || rings.Contains(KeyId.RingOfId(id))))
        {
            if ((await cache.FindAsync(id, cancellationToken))?.IsActive(time.GetUtcNow()) != true)
                running.Cut(id);
        }
    }

    [LoggerMessage(4400, LogLevel.Information, "Which keys have changed cannot be asked; until it can, each key is asked for at each request ({Reason})")]
    private partial void LogAway(string reason);
}
