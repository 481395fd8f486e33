using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;
using Granary.Host.Chat;

namespace Granary.Benchmarks.Failover;

/// <summary>A silo joins others that have all the sleeping conversations, while a reply runs.</summary>
/// <param name="Accepted">Seconds from the newcomer's readiness until it had a new conversation.</param>
/// <param name="Shared">Seconds until it had nine tenths of the mean; the patience, if it never did.</param>
/// <param name="Skew">Afterwards: by how many per cent the fullest silo is above the mean.</param>
/// <param name="Counts">Afterwards: conversations by silo.</param>
/// <param name="Differences">What the ledgers found.</param>
internal sealed record JoinRound(double Accepted, double Shared, double Skew, string Counts, int Differences)
{
    public const int Conversations = 300;
    private const double Share = 0.9;
    private const int Tokens = 1500;
    private const int Before = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<JoinRound> RunAsync(ChaosCluster cluster, MembershipWatch membership, CancellationToken cancellationToken)
    {
        var (newcomer, others) = (cluster.Silos[^1], new GatewayPool([.. cluster.Silos.SkipLast(1).Select(silo => silo.Url)]));
        newcomer.IsHeld = true;
        newcomer.Kill();
        await membership.UntilDeadAsync(newcomer.Name, cancellationToken).WaitAsync(Patience, cancellationToken);
        var journal = new Journal();
        await Parallel.ForAsync(0, Conversations, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (number, token) => await CreateAsync(others, journal, number, token));
        var turn = await WatchedTurn.BeginAsync(others, others.All[0], others.All[^1], Tokens, journal, [Before], cancellationToken);
        await turn.UntilAsync(Before, cancellationToken);

        newcomer.IsHeld = false;
        while (!await SiloHealth.IsReadyAsync(newcomer, cancellationToken))
        {
            await Task.Delay(20, cancellationToken);
        }

        var joined = TimeProvider.System.GetTimestamp();
        await CreateAsync(new GatewayPool([newcomer.Url]), journal, Conversations, cancellationToken);
        var accepted = TimeProvider.System.GetElapsedTime(joined);
        var counts = await CountAsync(others, cancellationToken);
        while (counts[newcomer.Name] < Share * counts.Values.Average() && TimeProvider.System.GetElapsedTime(joined) < Patience)
        {
            await Task.Delay(50, cancellationToken);
            counts = await CountAsync(others, cancellationToken);
        }

        var shared = TimeProvider.System.GetElapsedTime(joined);
        await turn.Completion.WaitAsync(Patience, cancellationToken);
        counts = await CountAsync(others, cancellationToken);
        var running = new Journal();
        running.Turns.Enqueue(turn.Ledger);
        running.Sessions.Enqueue(turn.Ledger.Session);
        await using var stored = new StoredLog(cluster);
        await new LedgerCheck(new GatewayPool([.. cluster.Silos.Select(silo => silo.Url)]), stored, running, seed: 1).RunAsync(cancellationToken);
        return new JoinRound(accepted.TotalSeconds, shared.TotalSeconds, 100 * ((counts.Values.Max() / counts.Values.Average()) - 1), string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}")), journal.Differences.Count + running.Differences.Count);
    }

    private static async Task CreateAsync(GatewayPool gateways, Journal journal, int number, CancellationToken cancellationToken) =>
        await new HubCaller(new GatewayPool([gateways.All[number % gateways.All.Count]]), journal, new Random(number)).InvokeAsync<HubSession>("Create", Patience, cancellationToken, new { model = ChaosModel.Name });

    private static async Task<Dictionary<string, int>> CountAsync(GatewayPool gateways, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await SiloHealth.StatusAsync(gateways.All[0], cancellationToken) is { } status)
            {
                var silos = status.GetProperty("silos").EnumerateArray().Where(silo => silo.GetProperty("status").GetString() == "active");
                return silos.ToDictionary(silo => silo.GetProperty("name").GetString()!, silo => silo.GetProperty("sessions").GetInt32(), StringComparer.Ordinal);
            }
        }
    }
}
