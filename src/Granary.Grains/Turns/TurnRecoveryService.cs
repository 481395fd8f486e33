using System.Diagnostics.CodeAnalysis;
using Granary.Serving;
using Granary.Sessions;
using Granary.TokenLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Turns;

/// <summary>
/// Wakes the owners of turns that nobody runs: those of dead silos, and those that this silo ran and no longer does. The living silos share them by their owners'
/// names, and each wakes a few at a time, so that a zone's death is no storm.
/// </summary>
internal sealed partial class TurnRecoveryService(
    ITokenLog log, IGrainFactory grains, LocalTurns local, ILocalSiloDetails silo, TimeProvider time, ILogger<TurnRecoveryService> logger) : BackgroundService
{
    private const int AtATime = 8;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    // Open twice in a row: a turn that begins or ends this moment is not lost.
    private HashSet<TurnKey> _suspects = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RecoverAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    LogNotRecovered(exception.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    [SuppressMessage("Reliability", "CA2016", Justification = "Not every engine's management grain takes a token; the waiting ends by it.")]
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var open = await log.ListOpenAsync(cancellationToken);
        if (open.Count == 0)
        {
            _suspects.Clear();
            return;
        }

        var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(cancellationToken);
        var living = hosts.Keys.Select(static host => host.ToParsableString()).Order(StringComparer.Ordinal).ToArray();
        var self = silo.SiloAddress.ToParsableString();
        var owners = local.Owners();
        var lost = open
            .Where(turn => turn.Silo == self ? !owners.Contains(turn.Turn.Owner) : !living.Contains(turn.Silo) && IsMine(turn.Turn, living, self))
            .Select(static turn => turn.Turn)
            .ToHashSet();
        var due = lost.Where(_suspects.Contains).ToArray();
        _suspects = lost;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken }, async (turn, _) => await WakeAsync(turn));
    }

    private static bool IsMine(TurnKey turn, string[] living, string self) =>
        living.Length > 0 && GrainId.TryParse(turn.Owner, null, out var owner) && living[(int)(owner.GetUniformHashCode() % (uint)living.Length)] == self;

    private async Task WakeAsync(TurnKey turn)
    {
        try
        {
            await grains.GetGrain<ITurnOwner>(GrainId.Parse(turn.Owner, null)).RecoverAsync(turn.Turn);
            LogRecovered(turn.Owner, turn.Turn);
        }
        catch (Exception exception)
        {
            LogNotRecovered(GrainErrors.Translate(exception).Message);
        }
    }

    [LoggerMessage(2321, LogLevel.Information, "{Owner}, turn {Turn}: goes on after its silo was lost")]
    private partial void LogRecovered(string owner, int turn);

    [LoggerMessage(2322, LogLevel.Warning, "Turns of lost silos could not be woken; the next round tries again ({Reason})")]
    private partial void LogNotRecovered(string reason);
}
