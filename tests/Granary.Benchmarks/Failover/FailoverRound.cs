using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Benchmarks.Failover;

/// <summary>One kill. Times are seconds from the signal.</summary>
/// <param name="Detection">Until the others had declared the silo dead.</param>
/// <param name="Reactivations">Until each conversation told its reader that it goes on elsewhere.</param>
/// <param name="FirstTokens">Until each reader saw a token that was not under way before.</param>
/// <param name="Differences">What the ledgers found.</param>
internal sealed record FailoverRound(double Detection, IReadOnlyList<double> Reactivations, IReadOnlyList<double> FirstTokens, int Differences)
{
    private const int Conversations = 4;
    private const int Tokens = 1000;
    private const int Before = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Of some conversations in mid-stream, the silo that has most is killed, and started again by its supervisor; only what was there is counted.</summary>
    public static async Task<FailoverRound> RunAsync(ChaosCluster cluster, MembershipWatch membership, int number, CancellationToken cancellationToken)
    {
        var journal = new Journal();
        var gateways = new GatewayPool([.. cluster.Silos.Select(silo => silo.Url)]);
        await using var stored = new StoredLog(cluster);
        var turns = new List<WatchedTurn>();
        for (var index = 0; index < Conversations; index++)
        {
            turns.Add(await WatchedTurn.BeginAsync(gateways, gateways.All[(number + index) % gateways.All.Count], gateways.All[index % gateways.All.Count], Tokens, journal, [Before], cancellationToken));
        }

        await Task.WhenAll(turns.Select(turn => turn.UntilAsync(Before, cancellationToken)));
        var homes = await Task.WhenAll(turns.Select(turn => stored.HolderAsync(turn.Ledger.Session, 0, cancellationToken)));
        var victim = homes.GroupBy(home => home).MaxBy(group => group.Count())!.Key;
        victim.IsHeld = true;
        var killed = TimeProvider.System.GetTimestamp();
        victim.Kill();
        var dead = await membership.UntilDeadAsync(victim.Name, cancellationToken).WaitAsync(Patience, cancellationToken);
        victim.IsHeld = false;
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Patience, cancellationToken);
        await cluster.WaitUntilReadyAsync(cancellationToken);
        await new LedgerCheck(gateways, stored, journal, number).RunAsync(cancellationToken);
        foreach (var difference in journal.Differences)
        {
            await Console.Error.WriteLineAsync($"{difference.Kind}: {difference.Where}: {difference.What}");
        }

        var ledgers = turns.Zip(homes).Where(turn => turn.Second == victim).Select(turn => turn.First.Ledger).ToList();
        return new FailoverRound(
            Seconds(killed, dead),
            [.. ledgers.Select(ledger => ledger.SiloTimes.FirstOrDefault(time => time > killed)).Where(time => time > 0).Select(time => Seconds(killed, time))],
            [.. ledgers.Where(ledger => ledger.FinishReason is not null).Select(ledger => Seconds(killed, EndOfLongestGap(ledger.Times, killed)))],
            journal.Differences.Count);
    }

    // Tokens that were in the log or on the wire at the kill still arrive in the first milliseconds; the wait behind them is the failover.
    private static long EndOfLongestGap(IReadOnlyList<long> times, long killed)
    {
        var (longest, end) = (0L, killed);
        for (var index = 1; index < times.Count; index++)
        {
            var gap = times[index] - Math.Max(times[index - 1], killed);
            if (times[index] > killed && gap > longest)
            {
                (longest, end) = (gap, times[index]);
            }
        }

        return end;
    }

    private static double Seconds(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalSeconds;
}
