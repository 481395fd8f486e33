using Granary.Serving;

namespace Granary.Turns;

/// <summary>One replica's part of a generation, which can be left without waiting for a replica that no longer answers.</summary>
internal sealed class ReplicaStream
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _leaving;
    private readonly IAsyncEnumerator<ReplicaOutput> _outputs;
    private Task<bool>? _next;

    public ReplicaStream(Func<CancellationToken, IAsyncEnumerable<ReplicaOutput>> open, CancellationToken cancellationToken)
    {
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _outputs = open(_leaving.Token).GetAsyncEnumerator(_leaving.Token);
    }

    /// <summary>Who answers, as soon as it is known.</summary>
    public ReplicaDescriptor? Replica { get; private set; }

    /// <summary>Ends when there is an output to <see cref="Take"/>, or with <see langword="false"/> at the end. The same task until the output is taken.</summary>
    public Task<bool> Next => _next ??= _outputs.MoveNextAsync().AsTask();

    /// <summary>The output that <see cref="Next"/> has waited for, left where it is.</summary>
    public ReplicaOutput Peek() => _outputs.Current;

    /// <summary>Takes the output that <see cref="Next"/> has waited for.</summary>
    public ReplicaOutput Take()
    {
        _next = null;
        Replica = _outputs.Current.Replica ?? Replica;
        return _outputs.Current;
    }

    /// <summary>Ends it; a replica that still works for it stops at its next step.</summary>
    public void Abandon() => _ = EndAsync(_leaving.CancelAsync());

    /// <summary>Ends it after its last output, which the replica follows with the end by itself: read there, it costs no cancellation on the way.</summary>
    public void Finish()
    {
        _leaving.CancelAfter(EndPatience);
        _ = EndAsync(Task.CompletedTask);
    }

    private async Task EndAsync(Task cancelled)
    {
        await cancelled;
        Task last = Next; // a task without result can be awaited whatever became of it
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await _outputs.DisposeAsync();
        }
        catch (Exception)
        {
            // It is left because it failed, or nobody wants to know any more.
        }

        _leaving.Dispose();
    }
}
