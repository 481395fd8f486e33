using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Benchmarks.Drain;

/// <summary>One drain of a silo with running replies.</summary>
/// <param name="Pauses">The longest wait between two events with tokens that each reader of a reply from the leaving silo saw from the signal on, in milliseconds; the move is in it, and the log, the gateway and the machine's hiccups.</param>
/// <param name="Waits">All waits between two events with tokens from the signal on, in milliseconds: what is ordinary there.</param>
/// <param name="Bytes">What each generation took with it.</param>
/// <param name="Handovers">How long it took to send each generation, in milliseconds; it stood still for the last part of that.</param>
/// <param name="Left">Replies that went on at another silo; the others ended before it was their turn.</param>
/// <param name="Differences">What the ledgers found.</param>
internal sealed partial record DrainRound(double[] Pauses, double[] Waits, double[] Bytes, double[] Handovers, int Left, int Differences)
{
    private const int Tokens = 560;
    private const int Before = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // The silo of the round before is back: its share of sleeping conversations, and everybody's knowledge of who is busy.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);

    // About 1,450 tokens, so that there are 1,500 when it moves.
    private static readonly string Context = string.Concat(Enumerable.Range(1, 90).Select(i => $"Tell me a story of {i} foxes, and of a hen. "));

    /// <summary>Replies that a silo's engine gives are read at the other gateway; the silo is asked to end while all of them run.</summary>
    public static async Task<DrainRound> RunAsync(ChaosCluster cluster, ChaosSilo leaving, int streams, int number, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, cancellationToken);
        var journal = new Journal();
        var gateways = new GatewayPool([.. cluster.Silos.Where(silo => silo != leaving).Select(silo => silo.Url)]);
        var turns = await Task.WhenAll(Enumerable.Range(0, streams).Select(index => WatchedTurn.BeginAsync(
            gateways, leaving.Url, gateways.All[index % gateways.All.Count], Tokens, journal, [Before], cancellationToken, $"Conversation {number}.{index}. {Context}")));
        await Task.WhenAll(turns.Select(turn => turn.UntilAsync(Before, cancellationToken)));
        var moving = turns.Where(turn => turn.Ledger.Silos[^1] == leaving.Name).ToList(); // a burst of long prompts is shared: some are answered elsewhere
        var log = new FileInfo(Path.Combine(cluster.Folder, "logs", leaving.Name + ".log"));
        var logged = log.Length;
        leaving.IsHeld = true;
        var told = TimeProvider.System.GetTimestamp();
        leaving.Terminate();
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Patience, cancellationToken);
        while (leaving.IsAlive)
        {
            await Task.Delay(50, cancellationToken);
        }

        leaving.IsHeld = false;
        await cluster.WaitUntilReadyAsync(cancellationToken);
        await new LedgerCheck(gateways, null, journal, number).RunAsync(cancellationToken);
        var handovers = Handover().Matches((await File.ReadAllTextAsync(log.FullName, cancellationToken))[(int)logged..]);
        return new DrainRound(
            [.. moving.Select(turn => Gaps(turn.Ledger.Times, told).DefaultIfEmpty().Max())],
            [.. moving.SelectMany(turn => Gaps(turn.Ledger.Times, told))],
            [.. handovers.Select(match => double.Parse(match.Groups["bytes"].Value, CultureInfo.InvariantCulture))],
            [.. handovers.Select(match => double.Parse(match.Groups["ms"].Value, CultureInfo.InvariantCulture))],
            moving.Count(turn => turn.Ledger.Silos.Count > 1),
            journal.Differences.Count);
    }

    private static IEnumerable<double> Gaps(IReadOnlyList<long> times, long from) =>
        times.Zip(times.Skip(1)).Where(pair => pair.Second > from).Select(pair => TimeProvider.System.GetElapsedTime(pair.First, pair.Second).TotalMilliseconds);

    [GeneratedRegex(@"was handed over: (?<bytes>\d+) bytes in (?<ms>\d+) ms", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Handover();
}
