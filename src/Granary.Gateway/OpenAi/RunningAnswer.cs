using Granary.Gateway.Completions;
using Granary.Gateway.Telemetry.Replies;
using Granary.Serving;
using Granary.Sessions;

namespace Granary.Gateway.OpenAi;

/// <summary>An answer that is being generated.</summary>
/// <param name="completion">The generation.</param>
/// <param name="reply">What telemetry sees of it.</param>
/// <param name="keep">Keeps its outputs, one frame each; <see langword="null"/> where they are not to be kept.</param>
/// <param name="release">Forgets that it answers this request; <see langword="null"/> where nobody remembers it.</param>
/// <param name="gone">The reader has left.</param>
internal sealed class RunningAnswer(Completion completion, WatchedReply reply, Action<TokenFrame[]>? keep, Func<Task>? release, CancellationToken gone)
    : CompletionAnswer(completion.Id, completion.Model, completion.Rates, reply)
{
    private readonly CollectedReply? _collected = keep is null ? null : new(completion.Id.Choices);
    private bool _isComplete;

    public override bool IsRepeated => WasBegunBefore;

    /// <summary>Whether another request began it.</summary>
    public bool WasBegunBefore { get; init; }

    public override IAsyncEnumerable<TurnEvent> ReadAsync(CancellationToken cancellationToken)
    {
        var items = completion.ReadAsync(cancellationToken);
        return _collected?.PassAsync(items, cancellationToken) ?? items;
    }

    public override void Complete()
    {
        _isComplete = true;
        if (_collected is not null)
            keep!(_collected.ToFrames());
    }

    public override Task StopAsync() => release is null ? completion.StopAsync() : Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        Reply.Dispose();
        if (!_isComplete && release is not null && !gone.IsCancellationRequested)
            await release();
    }
}
