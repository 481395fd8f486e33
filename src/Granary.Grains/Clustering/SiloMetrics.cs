using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Clustering;

/// <summary>What this silo holds, and the cluster as it sees it. Grains are counted now and then, for the runtime is asked for them by a call.</summary>
internal sealed partial class SiloMetrics : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly ObservableGauge<int> _activations;
    private readonly IGrainFactory _grains;
    private readonly LocalSilo _silo;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private Measurement<int>[] _counts = [];

    public SiloMetrics(IGrainFactory grains, LocalSilo silo, ISiloMembers members, LocalTurns turns, TimeProvider timeProvider, ILogger<SiloMetrics> logger)
    {
        (_grains, _silo, _timeProvider, _logger) = (grains, silo, timeProvider, logger);
        _activations = _meter.CreateObservableGauge("granary:grain_activations", () => Volatile.Read(ref _counts), "{activation}", "Grains that are awake on this silo, by type.");
        _meter.CreateObservableGauge("granary:turns_running", () => turns.Count, "{turn}", "Turns whose owner is on this silo.");
        _meter.CreateObservableGauge("granary:cluster_silos", () => ByZone(members), "{silo}", "Silos that take calls, as this one sees them, by zone.");
        _meter.CreateObservableGauge("granary:silo_info", () => new Measurement<int>(1, [new("silo", silo.Name), new("zone", silo.Zone)]), description: "Who this silo is.");
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _timeProvider);
        try
        {
            do
            {
                if (_activations.Enabled)
                {
                    await CountAsync(stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private static IEnumerable<Measurement<int>> ByZone(ISiloMembers members) =>
        members.Active.CountBy(member => member.Zone, StringComparer.Ordinal).Select(zone => new Measurement<int>(zone.Value, new KeyValuePair<string, object?>("zone", zone.Key)));

    [SuppressMessage("Reliability", "CA2016", Justification = "Not every engine's management grain takes a token; the waiting ends by it.")]
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            var statistics = await _grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics([_silo.Address]).WaitAsync(cancellationToken);
            var counts = GrainNames.Count(statistics).Select(count => new Measurement<int>(count.Activations, new KeyValuePair<string, object?>("type", count.Type)));
            Volatile.Write(ref _counts, [.. counts]);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotCounted(exception.Message);
        }
    }

    [LoggerMessage(2560, LogLevel.Debug, "Grains could not be counted: {Reason}")]
    private partial void LogNotCounted(string reason);
}
