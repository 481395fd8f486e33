using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Clustering;

/// <summary>
/// Leaves in this order: tell everybody, move what runs here, wait for callers that are still served here, stop. Where no other silo takes work
/// nothing is waited for: unfinished turns stay in the log and go on after the restart.
/// </summary>
internal sealed partial class SiloDrain(
    LocalDrain drain,
    ServingSilos serving,
    ControlClient control,
    SiloEmptying emptying,
    IServiceProvider services,
    IOptions<SiloSettings> options,
    IHostApplicationLifetime lifetime,
    TimeProvider timeProvider,
    ILogger<SiloDrain> logger) : ISiloDrain
{
    /// <summary>The longest time in which telling may be tried.</summary>
    private static readonly TimeSpan TellingTimeout = TimeSpan.FromSeconds(2);

    // Everybody has asked the control grain once more by then, and places nothing here.
    private static readonly TimeSpan Known = 2 * ClusterControlService.Period;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // What goes on elsewhere from the log needs time to get there before this silo's gateway ends.
    private static readonly TimeSpan MovingTime = TimeSpan.FromSeconds(10);

    private IRunningWork[] _work = [];
    private int _isLeaving;

    public bool IsLeaving => Volatile.Read(ref _isLeaving) != 0;

    public bool IsDraining => drain.IsDraining;

    public bool SendsAway => drain.IsDraining && serving.OthersServe;

    public void Begin()
    {
        if (Interlocked.Exchange(ref _isLeaving, 1) == 0)
        {
            _ = Task.Run(LeaveAsync);
        }
    }

    /// <summary>How long turns may stay, of the time that a drain may take.</summary>
    public static TimeSpan TurnPatience(TimeSpan drainTimeout) => drainTimeout - (MovingTime < drainTimeout / 2 ? MovingTime : drainTimeout / 2);

    private async Task LeaveAsync()
    {
        var begin = timeProvider.GetTimestamp();
        drain.Begin();
        LogLeaving();

        // Not before: some of it asks whether this silo leaves.
        _work = [.. services.GetServices<IRunningWork>()];
        using var deadline = new CancellationTokenSource(options.Value.DrainTimeout, timeProvider);
        try
        {
            if (serving.OthersServe)
            {
                await TellAsync(deadline.Token);
                await Task.Delay(Known, timeProvider, deadline.Token);
                await emptying.RunAsync(TurnPatience(options.Value.DrainTimeout), deadline.Token);
                await FinishAsync(deadline.Token);
            }

            LogEmpty(timeProvider.GetElapsedTime(begin).TotalSeconds);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            LogDeadline(options.Value.DrainTimeout.TotalSeconds, _work.Sum(one => one.Count));
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TellingTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await control.LeaveAsync(either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(exception);
        }
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, timeProvider);
        while (serving.OthersServe && _work.Any(one => one.Count > 0))
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    [LoggerMessage(2561, LogLevel.Information, "This silo leaves: it takes nothing new, and what it runs moves")]
    private partial void LogLeaving();

    [LoggerMessage(2562, LogLevel.Information, "Nothing is left here after {Seconds:0.0} s; the silo stops")]
    private partial void LogEmpty(double seconds);

    [LoggerMessage(2563, LogLevel.Warning, "After {Seconds:0} s something is still running here ({Work}); the silo stops all the same. Unfinished turns go on elsewhere from the log")]
    private partial void LogDeadline(double seconds, int work);

    [LoggerMessage(2564, LogLevel.Warning, "The others could not be told that this silo leaves; they see it when it stops")]
    private partial void LogNotTold(Exception exception);

    [LoggerMessage(2565, LogLevel.Error, "Emptying this silo failed; it stops all the same")]
    private partial void LogFailed(Exception exception);
}
