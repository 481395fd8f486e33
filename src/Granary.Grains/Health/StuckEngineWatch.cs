using Granary.Clustering;
using Granary.Shards;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Health;

/// <summary>
/// A silo whose engine stays stuck, as in a native call that does not return, leaves the cluster: its turns go elsewhere, and the process ends with an exit
/// code that makes an orchestrator start it again. Nothing less brings such an engine back.
/// </summary>
internal sealed partial class StuckEngineWatch(
    IModelServing serving,
    ISiloDrain drain,
    IProcessEnd process,
    IOptions<HealthOptions> options,
    TimeProvider timeProvider,
    ILogger<StuckEngineWatch> logger) : BackgroundService
{
    /// <summary>Exit code of a silo that left for this reason: EX_SOFTWARE.</summary>
    public const int ExitCode = 70;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // The engine's own end waits for the call that does not return, so that an orderly stop may never be done.
    private static readonly TimeSpan TimeToLeave = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, long> _stuckSince = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (Find() is { } model)
                {
                    await LeaveAsync(model);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>A model that has been stuck for too long.</summary>
    private string? Find()
    {
        string? found = null;
        foreach (var (model, state) in serving.Models)
        {
            if (state != "stuck")
            {
                if (_stuckSince.Remove(model))
                {
                    LogRecovered(model);
                }
            }
            else if (_stuckSince.TryAdd(model, timeProvider.GetTimestamp()))
            {
                LogStuck(model, options.Value.LeaveAfter.TotalSeconds);
            }
            else if (timeProvider.GetElapsedTime(_stuckSince[model]) >= options.Value.LeaveAfter)
            {
                found = model;
            }
        }

        return found;
    }

    private async Task LeaveAsync(string model)
    {
        LogLeaving(model, TimeToLeave.TotalSeconds);
        process.SetExitCode(ExitCode);
        drain.Begin();
        await Task.Delay(TimeToLeave, timeProvider, CancellationToken.None);
        LogKilled(model);
        process.End();
    }

    [LoggerMessage(2501, LogLevel.Error, "The engine of {Model} makes no progress though work waits; the silo leaves if that lasts {Seconds} s")]
    private partial void LogStuck(string model, double seconds);

    [LoggerMessage(2502, LogLevel.Information, "The engine of {Model} makes progress again")]
    private partial void LogRecovered(string model);

    [LoggerMessage(2503, LogLevel.Critical, "The engine of {Model} is stuck; this silo leaves the cluster and ends within {Seconds} s")]
    private partial void LogLeaving(string model, double seconds);

    [LoggerMessage(2504, LogLevel.Critical, "The engine of {Model} held up the silo's end; the process ends at once")]
    private partial void LogKilled(string model);
}
