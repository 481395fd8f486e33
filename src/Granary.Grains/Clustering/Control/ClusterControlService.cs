using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Clustering;

/// <summary>Asks the control grain twice a second, and does what it says about this silo.</summary>
internal sealed partial class ClusterControlService(
    ControlClient control, ServingSilos serving, SiloDrain drain, ZoneEvacuation evacuation, TimeProvider timeProvider, ILogger<ClusterControlService> logger) : BackgroundService
{
    /// <summary>How often it asks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        try
        {
            do
            {
                await AskAsync(stoppingToken);
                Obey();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void Obey()
    {
        if (serving.IsLeaving)
        {
            drain.Begin();
        }
        else if (!drain.IsLeaving)
        {
            evacuation.Set(serving.IsEvacuated);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Said again where it was forgotten: the grain may have moved away from a store that was not there.
            await (drain.IsLeaving && !serving.IsLeaving ? control.LeaveAsync(cancellationToken) : control.RefreshAsync(cancellationToken));
            _isAway = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What was known holds on. Said once: a store that is away stays away for some time.
            if (!_isAway && serving.IsKnown)
            {
                LogAway(exception);
            }

            _isAway = true;
        }
    }

    [LoggerMessage(2510, LogLevel.Warning, "What operators decided about silos and zones could not be read; what was known holds on")]
    private partial void LogAway(Exception exception);
}
