using System.Diagnostics.CodeAnalysis;
using Granary.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Placement;

namespace Granary.Clustering;

/// <summary>
/// When a silo has joined, or a zone is back, gives it its share of the conversations that sleep here, some a second, until this silo has no more than others. One that
/// answers or is read stays. New conversations go to the newcomer through its own gateway and those of its zone.
/// </summary>
internal sealed partial class SessionRebalancer(
    ServingSilos serving,
    LocalActivations activations,
    LocalDrain drain,
    LocalSilo silo,
    IGrainFactory grains,
    IOptions<SiloSettings> options,
    TimeProvider timeProvider,
    ILogger<SessionRebalancer> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Rounds in which nothing left after which all is taken to be shared, or in use.
    private const int MaxIdleRounds = 10;

    private readonly ConversationTotal _total = new();

    private HashSet<SiloAddress> _known = []; // whom the first look finds counts as joined: it may have come a moment before
    private bool _isRunning;
    private int _idleRounds;
    private int _before;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var sharing = serving.All.Select(member => member.Address).ToList();
        if (!_known.IsSupersetOf(sharing))
        {
            (_isRunning, _idleRounds, _before) = (true, 0, int.MaxValue);
            _total.Reset();
        }

        _known = [.. sharing];
        if (!_isRunning || drain.IsDraining || options.Value.RebalancePerSecond == 0)
        {
            return;
        }

        try
        {
            _isRunning = await GiveAsync(sharing, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception);
        }
    }

    [SuppressMessage("Reliability", "CA2016", Justification = "Not every engine's management grain takes a token; the waiting ends by it.")]
    private async Task<bool> GiveAsync(List<SiloAddress> sharing, CancellationToken cancellationToken)
    {
        if (sharing.Count < 2 || !sharing.Contains(silo.Address))
        {
            return false;
        }

        var statistics = await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics([.. sharing]).WaitAsync(cancellationToken);
        var counts = sharing.ToDictionary(address => address, address => SessionCounts.Of(statistics, address));
        var total = _total.Next(counts.Values.Sum());
        var plan = RebalancePlan.Of(counts, silo.Address, total, options.Value.RebalancePerSecond);
        _idleRounds = counts[silo.Address] < _before ? 0 : _idleRounds + 1;
        _before = counts[silo.Address];
        if (plan.Count == 0)
        {
            return _idleRounds <= MaxIdleRounds; // some may be coming yet
        }

        var idle = new Queue<IMovableActivation>(activations.Idle(plan.Sum(gift => gift.Count)));
        foreach (var (target, count) in plan)
        {
            for (var given = 0; given < count && idle.TryDequeue(out var activation); given++)
            {
                activation.GrainContext.Migrate(new Dictionary<string, object>(StringComparer.Ordinal) { [IPlacementDirector.PlacementHintKey] = target }, CancellationToken.None);
            }
        }

        LogGiven(plan.Sum(gift => gift.Count), plan.Count);
        return _idleRounds <= MaxIdleRounds;
    }

    [LoggerMessage(2550, LogLevel.Debug, "Up to {Count} sleeping conversations go to {Silos} silos that have fewer")]
    private partial void LogGiven(int count, int silos);

    [LoggerMessage(2551, LogLevel.Warning, "Sleeping conversations could not be shared; the next second tries again")]
    private partial void LogFailed(Exception exception);
}
