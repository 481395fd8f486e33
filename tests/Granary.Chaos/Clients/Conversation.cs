using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;
using Granary.Host.Chat;

namespace Granary.Chaos.Clients;

/// <summary>A person who talks: conversations of a few turns, one after the other, with lost connections, a second device now and then, and departures without a word.</summary>
internal sealed class Conversation(GatewayPool gateways, Journal journal, Random random) : IStream
{
    private const int Turns = 4; // of 256 tokens at most but for one, within a context of 2,048
    private TurnReader? _reader;

    public void Vanish() => _reader?.Vanish();

    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            var session = await CreateAsync(cancellationToken);
            if (session is null)
            {
                return;
            }

            for (var turn = 0; turn < Turns && !stop.IsCancellationRequested; turn++)
            {
                if (!await SayAsync(session, isLong: turn == 0, cancellationToken))
                {
                    break;
                }
            }
        }
    }

    private async Task<string?> CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var session = (await new HubCaller(gateways, journal, random).InvokeAsync<HubSession>("Create", TimeSpan.FromMinutes(3), cancellationToken, new { model = ChaosModel.Name })).Id;
            journal.Sessions.Enqueue(session);
            return session;
        }
        catch (Exception failure) when (failure is HubException or TimeoutException)
        {
            journal.Differs("failed", "Create", failure.Message);
            return null;
        }
    }

    /// <returns>Whether the conversation goes on: not if the client has left.</returns>
    private async Task<bool> SayAsync(string session, bool isLong, CancellationToken cancellationToken)
    {
        var ledger = new TurnLedger(journal, session, "sender");
        journal.Turns.Enqueue(ledger);
        var (vanishesAt, leaves) = (random.Next(6) == 0 ? random.Next(1, 60) : int.MaxValue, random.Next(4) == 0);
        var hasSecondDevice = random.Next(6) == 0;
        Task second = Task.CompletedTask;
        var reader = new TurnReader(gateways, journal, random)
        {
            Shown = (self, shown) =>
            {
                if (hasSecondDevice && shown.Tokens.Count > 0)
                {
                    hasSecondDevice = false;
                    second = FollowAsync(session, shown.Turn!.Value, cancellationToken);
                }

                if (shown.Tokens.Count >= vanishesAt && shown.FinishReason is null)
                {
                    vanishesAt = int.MaxValue;
                    if (leaves)
                    {
                        self.Leave();
                    }
                    else
                    {
                        self.Vanish();
                    }
                }
            },
        };
        _reader = reader;
        await reader.SendAsync(ledger, Message(isLong), cancellationToken);
        _reader = null;
        await second;
        return ledger.FinishReason is not null;
    }

    private Task FollowAsync(string session, int turn, CancellationToken cancellationToken)
    {
        var ledger = new TurnLedger(journal, session, "second device");
        journal.Turns.Enqueue(ledger);
        return new TurnReader(gateways, journal, new Random(random.Next())).ResumeAsync(ledger, turn, cancellationToken);
    }

    private object Message(bool isLong) => new
    {
        id = Guid.CreateVersion7().ToString("N"),
        text = Prompts.Any(random),
        sampling = new { minTokens = 4, maxTokens = isLong ? Prompts.Length(random) : random.Next(64, 257), ignoreEos = random.Next(3) > 0, temperature = 0.8, seed = random.Next() },
    };
}
