using Granary.Gateway.Completions;
using Granary.Gateway.Telemetry.Replies;
using Granary.ResponseCache;
using Granary.Sessions;

namespace Granary.Gateway.OpenAi;

/// <summary>An answer that was given before and kept.</summary>
internal sealed class KeptAnswer : CompletionAnswer
{
    private readonly CachedResponse _kept;

    /// <param name="id">The completion's id.</param>
    /// <param name="model">Who answered.</param>
    /// <param name="kept">The answer.</param>
    /// <param name="reply">What telemetry sees of it.</param>
    public KeptAnswer(CompletionId id, string model, CachedResponse kept, WatchedReply reply)
        : base(id, model, kept.Rates, reply)
    {
        _kept = kept;
        reply.IsKept();
    }

    public override bool IsKept => true;

    public override IAsyncEnumerable<TurnEvent> ReadAsync(CancellationToken cancellationToken)
    {
        var events = _kept.Outputs.Select((frame, record) => new TurnEvent { SessionId = Id.ToString(), Turn = 0, Frame = frame, Record = record });
        return Reply.WatchAsync(events.ToAsyncEnumerable(), cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        Reply.Dispose();
        return ValueTask.CompletedTask;
    }
}
