using Granary.Gateway.Completions;
using Granary.Gateway.Telemetry.Replies;
using Granary.ResponseCache;
using Granary.Sessions;

namespace Granary.Gateway.OpenAi;

/// <summary>An answer that was given before and kept.</summary>
internal sealed class KeptAnswer : CompletionAnswer
{
    private readonly CachedResponse _kept;
    private readonly WatchedReply _reply;

    /// <param name="id">The completion's id.</param>
    /// <param name="model">Who answered.</param>
    /// <param name="kept">The answer.</param>
    /// <param name="reply">What telemetry sees of it.</param>
    public KeptAnswer(CompletionId id, string model, CachedResponse kept, WatchedReply reply)
        : base(id, model, kept.Rates)
    {
        (_kept, _reply) = (kept, reply);
        reply.IsKept();
    }

    public override bool IsKept => true;

    public override IAsyncEnumerable<TurnEvent> ReadAsync(CancellationToken cancellationToken)
    {
        var events = _kept.Outputs.Select((frame, record) => new TurnEvent { SessionId = Id.ToString(), Turn = 0, Frame = frame, Record = record });
        return _reply.WatchAsync(events.ToAsyncEnumerable(), cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        _reply.Dispose();
        return ValueTask.CompletedTask;
    }
}
