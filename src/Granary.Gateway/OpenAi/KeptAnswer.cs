using Granary.Gateway.Completions;
using Granary.ResponseCache;
using Granary.Sessions;

namespace Granary.Gateway.OpenAi;

/// <summary>An answer that was given before and kept.</summary>
internal sealed class KeptAnswer(CompletionId id, string model, CachedResponse kept) : CompletionAnswer(id, model, kept.Rates)
{
    public override bool IsKept => true;

    public override IAsyncEnumerable<TurnEvent> ReadAsync(CancellationToken cancellationToken) =>
        kept.Outputs.Select((frame, record) => new TurnEvent { SessionId = Id.ToString(), Turn = 0, Frame = frame, Record = record }).ToAsyncEnumerable();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
