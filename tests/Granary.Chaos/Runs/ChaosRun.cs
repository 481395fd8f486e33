using Granary.Chaos.Clients;
using Granary.Chaos.Faults;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Chaos.Runs;

/// <summary>Clients stream while things go wrong by a schedule; then all is healed and every ledger is compared.</summary>
internal sealed class ChaosRun(ChaosCluster cluster, ChaosOptions options, Action<string> say)
{
    // Three of five clients chat, two ask for completions.
    private static readonly bool[] Chats = [true, false, true, true, false];

    private readonly Journal _journal = new();
    private readonly GatewayPool _gateways = new([.. cluster.Silos.Select(silo => silo.Url)]);

    public async Task<ChaosResult> RunAsync(CancellationToken cancellationToken)
    {
        await WarmUpAsync(cancellationToken);
        var leaks = await Leaks.BeginAsync(cluster, cancellationToken);
        var clients = Enumerable.Range(0, options.Streams).Select(Client).ToList();
        var schedule = FaultSchedule.Draw(options.Seed, options.Length, options.Interval, cluster.Setup.Silos, FaultRunner.Possible(cluster));
        say($"seed {options.Seed}: {schedule.Count} faults in {options.Length}, {options.Streams} streams, {cluster.Silos.Count} silos, tokens in {cluster.Setup.Storage}");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var streaming = clients.Select(client => client.RunAsync(stop.Token, cancellationToken)).ToList();
        await new FaultRunner(cluster, clients, options.Seed, say).RunAsync(schedule, cancellationToken);
        say("all is healed; streams end");
        cluster.Network.HealAll();
        await stop.CancelAsync();
        await cluster.WaitUntilReadyAsync(cancellationToken);
        await FinishAsync(streaming, cancellationToken);
        say($"comparing {_journal.Turns.Count} readings of turns in {_journal.Sessions.Count} conversations");
        await using var stored = new StoredLog(cluster);
        await new LedgerCheck(_gateways, stored, _journal, options.Seed).RunAsync(cancellationToken);
        var handles = await leaks.EndAsync(stored, _journal, cancellationToken);
        return new ChaosResult(_journal, schedule, handles, cluster.Silos.Sum(silo => silo.Starts - 1));
    }

    private IStream Client(int index)
    {
        var random = new Random(HashCode(options.Seed, index));
        return Chats[index % Chats.Length] ? new Conversation(_gateways, _journal, random) : new CompletionClient(_gateways, _journal, random);
    }

    // HashCode.Combine differs from process to process.
    private static int HashCode(int seed, int index) => unchecked((seed * 31) + (index * 7919));

    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var journal = new Journal();
        using var once = new CancellationTokenSource();
        await once.CancelAsync();
        foreach (var silo in cluster.Silos)
        {
            var gateway = new GatewayPool([silo.Url]);
            var session = (await new HubCaller(gateway, journal, new Random(0)).InvokeAsync<HubSession>("Create", TimeSpan.FromMinutes(1), cancellationToken, new { model = ChaosModel.Name })).Id;
            var ledger = new TurnLedger(journal, session, "warm-up");
            await new TurnReader(gateway, journal, new Random(0)).SendAsync(ledger, new { text = "Hello", sampling = new { maxTokens = 16 } }, cancellationToken);
        }

        foreach (var difference in journal.Differences)
        {
            _journal.Differences.Enqueue(difference);
        }
    }

    private async Task FinishAsync(List<Task> streaming, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(streaming).WaitAsync(options.Settling, cancellationToken);
        }
        catch (TimeoutException)
        {
            _journal.Differs("hung", "clients", $"{streaming.Count(task => !task.IsCompleted)} of {streaming.Count} had not finished {options.Settling} after the last fault");
            foreach (var turn in _journal.Turns.Where(turn => turn is { FinishReason: null, HasLeft: false }))
            {
                _journal.Differs("hung", turn.Where, $"{turn.Tokens.Count} tokens of it were shown, by {string.Join(", ", turn.Silos)}");
            }

            foreach (var completion in _journal.Completions.Where(completion => !completion.IsDone))
            {
                _journal.Differs("hung", completion.Where, $"{completion.Events.Count} events of it were shown, the last is {completion.LastEventId}");
            }
        }
    }
}
