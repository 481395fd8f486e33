using Granary.Clustering;
using Granary.Deployments;
using Granary.Engine;
using Granary.Profiles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>Tells twice a second what this silo has and could take, and does what it is told. While nobody answers, what it has stays.</summary>
internal sealed partial class DeploymentService(
    LocalParts parts,
    LocalExperts experts,
    IModelHoldings holdings,
    LocalSilo silo,
    LocalDrain drain,
    LocalProfile profile,
    IGrainFactory grains,
    IOptions<DeploymentsOptions> options,
    IOptions<ModelsOptions> models,
    IOptions<EngineOptions> engine,
    TimeProvider timeProvider,
    ILogger<DeploymentService> logger) : BackgroundService
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500);

    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Heartbeat, timeProvider);
        try
        {
            do
            {
                await TellAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        try
        {
            var orders = await grains.GetGrain<IDeploymentsGrain>(IDeploymentsGrain.Key).ReportAsync(Describe()).WaitAsync(cancellationToken);
            _isAway = false;
            experts.Obey(orders.Experts, cancellationToken); // also while it drains: its experts are loaded elsewhere first
            if (!drain.IsDraining)
            {
                parts.Obey(orders.Parts, cancellationToken); // otherwise what runs here moves by itself, and needs its engine until then
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isAway)
            {
                LogAway(exception);
            }

            _isAway = true;
            if (!drain.IsDraining)
            {
                parts.Continue(cancellationToken);
            }
        }
    }

    private SiloReport Describe() => new()
    {
        Address = silo.Address.ToParsableString(),
        Name = silo.Name,
        Zone = silo.Zone,
        MemoryBytes = options.Value.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4,
        Limits = Limits(engine.Value),
        Models = [.. holdings.List()],
        Configured = [.. models.Value.Serve.Distinct(StringComparer.Ordinal)],
        Parts = parts.Reports,
        Experts = experts.Report(),
        MatMulFlops = profile.Current?.MatMulFlops ?? 0,
        Links = profile.Current?.Links ?? [],
    };

    private static ReplicaLimits Limits(EngineOptions options) => options.SlotClasses is { Count: > 0 } classes
        ? new(classes.Sum(slots => slots.Slots), classes.Max(slots => slots.Tokens), options.KvCacheBytes, options.PrefillChunkTokens)
        : new(options.Slots, options.SlotTokens, options.KvCacheBytes, options.PrefillChunkTokens);

    [LoggerMessage(2621, LogLevel.Warning, "What this silo is to hold could not be asked; what it has stays")]
    private partial void LogAway(Exception exception);
}
