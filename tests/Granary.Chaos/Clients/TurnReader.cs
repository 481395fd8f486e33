using System.Net.WebSockets;
using Granary.Chaos.Ledgers;
using Granary.Host.Chat;

namespace Granary.Chaos.Clients;

/// <summary>Follows one turn to its end at whatever gateway answers, and writes down all that it is shown.</summary>
internal sealed class TurnReader(GatewayPool gateways, Journal journal, Random random)
{
    // A frozen gateway says nothing and breaks nothing; a person would press reload.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(8);

    private HubConnection? _hub;
    private volatile bool _hasLeft;

    /// <summary>The longest time without anything new, faults and all.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The gateway that is asked first; any one if there is none.</summary>
    public Uri? Gateway { get; set; }

    /// <summary>Called after every event.</summary>
    public Action<TurnReader, TurnLedger>? Shown { get; init; }

    /// <summary>Breaks the connection off; the reader goes on elsewhere.</summary>
    public void Vanish() => _hub?.Abort();

    /// <summary>Breaks the connection off for good: a client that was never seen again.</summary>
    public void Leave()
    {
        _hasLeft = true;
        Vanish();
    }

    /// <summary>Sends the message and reads the reply. The message goes out again with the same id until it has been answered by a token.</summary>
    public Task SendAsync(TurnLedger ledger, object message, CancellationToken cancellationToken) =>
        FollowAsync(ledger, () => ledger.Tokens.Count == 0 ? ("Send", [ledger.Session, message]) : ("Resume", [ledger.Session, ledger.Turn, ledger.Tokens.Count]), cancellationToken);

    /// <summary>Reads a turn that was begun elsewhere.</summary>
    public Task ResumeAsync(TurnLedger ledger, int turn, CancellationToken cancellationToken) =>
        FollowAsync(ledger, () => ("Resume", [ledger.Session, turn, ledger.Tokens.Count]), cancellationToken);

    private async Task FollowAsync(TurnLedger ledger, Func<(string Method, object?[] Arguments)> call, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(random);
        string? last = null;
        for (var attempt = 0; ledger.FinishReason is null; attempt++)
        {
            if (_hasLeft)
            {
                ledger.HasLeft = true;
                return;
            }

            if (ledger.Quiet > Patience)
            {
                journal.Differs("hung", ledger.Where, $"nothing new for {Patience}, {ledger.Tokens.Count} tokens; last: {last}");
                return;
            }

            if (attempt > 0)
            {
                journal.Reconnected();
                await backoff.WaitAsync(cancellationToken);
            }

            Gateway = attempt == 0 && Gateway is { } first ? first : gateways.Pick(random, Gateway);
            try
            {
                if (await ReadAsync(Gateway, call(), ledger, cancellationToken))
                {
                    backoff.Reset();
                }
            }
            catch (HubException refusal) when (Retry.Is(refusal.Code))
            {
                journal.Retried(refusal.Code);
                last = $"{refusal.Code}: {refusal.Message}";
            }
            catch (HubException refusal)
            {
                journal.Differs("failed", ledger.Where, $"{call().Method} after {ledger.Tokens.Count} tokens: {refusal.Code}: {refusal.Message}");
                return;
            }
            catch (Exception failure) when (failure is WebSocketException or IOException or InvalidOperationException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = failure.Message;
            }
        }
    }

    /// <returns>Whether there was anything new.</returns>
    private async Task<bool> ReadAsync(Uri gateway, (string Method, object?[] Arguments) call, TurnLedger ledger, CancellationToken cancellationToken)
    {
        var hub = await GatewayPool.ConnectAsync(gateway, cancellationToken);
        using var connection = new Vanishing(hub);
        await using var watch = new Timer(_ => hub.Abort(), null, Silence, Timeout.InfiniteTimeSpan);
        _hub = hub;
        var any = false;
        await foreach (var item in hub.StreamAsync<HubEvent>(call.Method, call.Arguments, cancellationToken))
        {
            watch.Change(Silence, Timeout.InfiniteTimeSpan);
            ledger.Add(item);
            any |= item.Frame is not null;
            Shown?.Invoke(this, ledger);
        }

        return any;
    }
}
