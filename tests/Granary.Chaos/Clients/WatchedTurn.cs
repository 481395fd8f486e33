using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Chaos.Clients;

/// <summary>A turn that somebody reads in the background while faults happen.</summary>
internal sealed class WatchedTurn
{
    private readonly Journal _journal;
    private readonly TaskCompletionSource[] _marks;
    private readonly int[] _at;

    private WatchedTurn(TurnLedger ledger, Journal journal, IReadOnlyList<int> marks)
    {
        (Ledger, _journal) = (ledger, journal);
        _at = [.. marks];
        _marks = [.. marks.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    }

    /// <summary>What was shown so far.</summary>
    public TurnLedger Ledger { get; }

    /// <summary>Ends when the reply has ended, or cannot go on.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins a conversation at one gateway and a turn that is read at another.</summary>
    /// <param name="gateways">All gateways.</param>
    /// <param name="home">Where the conversation is created: its grain prefers that zone.</param>
    /// <param name="read">Where the reply is read at first.</param>
    /// <param name="tokens">Tokens of the reply.</param>
    /// <param name="journal">Where differences go.</param>
    /// <param name="marks">Numbers of tokens that can be waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="text">What is asked.</param>
    /// <param name="model">Who is asked.</param>
    public static async Task<WatchedTurn> BeginAsync(GatewayPool gateways, Uri home, Uri read, int tokens, Journal journal, IReadOnlyList<int> marks, CancellationToken cancellationToken, string text = "Tell me a long story.", string model = ChaosModel.Name)
    {
        var random = new Random(tokens);
        var session = (await new HubCaller(new GatewayPool([home]), journal, random).InvokeAsync<HubSession>("Create", TimeSpan.FromSeconds(30), cancellationToken, new { model })).Id;
        journal.Sessions.Enqueue(session);
        var ledger = new TurnLedger(journal, session, "watcher");
        journal.Turns.Enqueue(ledger);
        var turn = new WatchedTurn(ledger, journal, marks);
        var message = new { id = "watched", text, sampling = new { maxTokens = tokens, ignoreEos = true, temperature = 0.8, seed = 7 } };
        turn.Completion = new TurnReader(gateways, journal, random) { Gateway = read, Shown = (_, _) => turn.Mark() }.SendAsync(ledger, message, cancellationToken);
        return turn;
    }

    /// <summary>Ends when that many tokens were shown; the number must be one of the marks.</summary>
    /// <exception cref="InvalidOperationException">The reply ended before.</exception>
    public async Task UntilAsync(int tokens, CancellationToken cancellationToken)
    {
        var mark = _marks[Array.IndexOf(_at, tokens)].Task;
        if (await Task.WhenAny(mark, Completion).WaitAsync(cancellationToken) != mark)
        {
            await Completion;
            throw new InvalidOperationException($"{Ledger.Where} ended after {Ledger.Tokens.Count} tokens{string.Concat(_journal.Differences.Select(difference => $"; {difference.Kind}: {difference.What}"))}");
        }
    }

    private void Mark()
    {
        for (var mark = 0; mark < _at.Length; mark++)
        {
            if (Ledger.Tokens.Count >= _at[mark])
            {
                _marks[mark].TrySetResult();
            }
        }
    }
}
