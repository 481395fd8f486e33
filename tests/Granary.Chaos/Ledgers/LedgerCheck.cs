using Granary.Chaos.Clients;
using Granary.Host.Chat;

namespace Granary.Chaos.Ledgers;

/// <summary>At the end: every conversation is there, the log has what each reader was shown, the transcript has what the log has, and the conversation goes on.</summary>
/// <param name="gateways">Where to ask.</param>
/// <param name="stored">The rows of the log, where there is a server to ask.</param>
/// <param name="journal">What was shown.</param>
/// <param name="seed">Which gateways are asked.</param>
internal sealed class LedgerCheck(GatewayPool gateways, StoredLog? stored, Journal journal, int seed)
{
    private const int AtATime = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public Task RunAsync(CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            journal.Sessions.Index().ToArray(),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (session, token) => await CheckAsync(session.Item, new Random(seed + session.Index), token));

    private async Task CheckAsync(string session, Random own, CancellationToken cancellationToken)
    {
        var shown = journal.Turns.Where(ledger => ledger.Session == session && ledger.Turn is not null).ToLookup(ledger => ledger.Turn!.Value);
        var logged = new Dictionary<int, TurnLedger>();
        foreach (var turn in shown)
        {
            logged[turn.Key] = await ReplayAsync(session, turn.Key, own, cancellationToken);
            foreach (var ledger in turn)
            {
                Compare(ledger, logged[turn.Key]);
            }

            if (stored is not null && logged[turn.Key].FinishReason is not null)
            {
                await stored.CompareAsync(logged[turn.Key], journal, cancellationToken);
            }
        }

        if (await HistoryAsync(session, own, cancellationToken) is { } history)
        {
            CompareTranscript(session, history, logged);
            await GoOnAsync(session, own, cancellationToken);
        }
    }

    private async Task<TurnLedger> ReplayAsync(string session, int turn, Random own, CancellationToken cancellationToken)
    {
        var ledger = new TurnLedger(journal, session, "log");
        await new TurnReader(gateways, journal, own) { Patience = Patience }.ResumeAsync(ledger, turn, cancellationToken);
        return ledger;
    }

    private void Compare(TurnLedger shown, TurnLedger log)
    {
        var common = Math.Min(shown.Tokens.Count, log.Tokens.Count);
        for (var index = 0; index < common; index++)
        {
            if (shown.Tokens[index] != log.Tokens[index])
            {
                journal.Differs("difference", shown.Where, $"token {index} was {shown.Tokens[index]}, the log has {log.Tokens[index]}");
                return;
            }
        }

        if (shown.Tokens.Count > log.Tokens.Count)
        {
            journal.Differs("lost", shown.Where, $"{shown.Tokens.Count} tokens were shown, the log has {log.Tokens.Count}");
        }
        else if (!log.Text.StartsWith(shown.Text, StringComparison.Ordinal))
        {
            journal.Differs("difference", shown.Where, $"text '{shown.Text}' was shown, the log has '{log.Text}'");
        }
        else if (shown.FinishReason is { } reason && (reason != log.FinishReason || shown.Tokens.Count != log.Tokens.Count || shown.Text.Length != log.Text.Length))
        {
            journal.Differs("difference", shown.Where, $"ended with {reason} at {shown.Tokens.Count} tokens, in the log with {log.FinishReason} at {log.Tokens.Count}");
        }

        if (log.FinishReason is "cancelled")
        {
            journal.Differs("failed", shown.Where, "ended as cancelled, and nobody had stopped it");
        }
    }

    /// <summary>The transcript when nothing is being answered any more: a client may have left before it knew that its message had arrived.</summary>
    private async Task<HubHistory?> HistoryAsync(string session, Random own, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var caller = new HubCaller(gateways, journal, own);
        try
        {
            while (true)
            {
                var history = await caller.InvokeAsync<HubHistory>("History", Patience, cancellationToken, session);
                if (!history.IsAnswering)
                {
                    return history;
                }

                if (TimeProvider.System.GetElapsedTime(begin) > Patience)
                {
                    journal.Differs("stuck", session, $"still answering after {Patience}, and nobody reads");
                    return null;
                }

                await Task.Delay(250, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is HubException or TimeoutException)
        {
            journal.Differs("lost", session, $"History: {failure.Message}");
            return null;
        }
    }

    /// <summary>
    /// Replies follow each other as turns do; a turn that was refused before its first token has a number and no reply, and one that its client never saw
    /// has a reply and no ledger.
    /// </summary>
    private void CompareTranscript(string session, HubHistory history, Dictionary<int, TurnLedger> logged)
    {
        string[] replies = [.. history.Messages.Where(message => message.Role == "assistant").Select(message => message.Content)];
        var next = 0;
        foreach (var (_, ledger) in logged.Where(turn => turn.Value.FinishReason is not null).OrderBy(turn => turn.Key))
        {
            var found = Array.IndexOf(replies, ledger.Text, next);
            if (found < 0)
            {
                journal.Differs("difference", ledger.Where, $"the log has '{ledger.Text}', which is not in the transcript from reply {next} on: {string.Join(" | ", replies)}");
            }
            else
            {
                next = found + 1;
            }
        }

        if (history.Messages.Count(message => message.Role == "user") != replies.Length)
        {
            journal.Differs("difference", session, $"{history.Messages.Count(message => message.Role == "user")} messages have {replies.Length} replies");
        }
    }

    private async Task GoOnAsync(string session, Random own, CancellationToken cancellationToken)
    {
        var ledger = new TurnLedger(journal, session, "afterwards");
        var message = new { id = "afterwards", text = "Hello", sampling = new { maxTokens = 4, temperature = 0 } };
        await new TurnReader(gateways, journal, own) { Patience = Patience }.SendAsync(ledger, message, cancellationToken);
        if (ledger.FinishReason is null)
        {
            journal.Differs("stuck", session, "the conversation cannot go on");
        }
    }
}
