using Granary.Chaos.Ledgers;

namespace Granary.Chaos.Clients;

/// <summary>A program that asks for streamed completions of every kind, and reads each a second time to compare.</summary>
internal sealed class CompletionClient(GatewayPool gateways, Journal journal, Random random) : IStream
{
    private static readonly CompletionKind[] Kinds =
        [CompletionKind.Plain, CompletionKind.Several, CompletionKind.Schema, CompletionKind.Tool, CompletionKind.Plain, CompletionKind.Schema];

    private CompletionReader? _reader;

    public void Vanish() => _reader?.Vanish();

    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            var ask = CompletionAsk.Of(Kinds[random.Next(Kinds.Length)], random);
            var ledger = new CompletionLedger(journal, ask);
            journal.Completions.Enqueue(ledger);
            _reader = new CompletionReader(gateways, journal, random);
            await _reader.AskAsync(ledger, cancellationToken);
            _reader = null;
            if (ledger.IsDone)
            {
                await CompletionCheck.RunAsync(ledger, gateways, journal, random, cancellationToken);
            }
        }
    }
}
