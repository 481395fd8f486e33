using System.Runtime.ExceptionServices;
using Granary.Serving;
using Granary.Streaming;

namespace Granary.Turns;

/// <summary>One replica's part of a generation, which can be left without waiting for a replica that no longer answers.</summary>
internal sealed class ReplicaStream
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _leaving;
    private readonly MovingStream<ReplicaOutput> _outputs;
    private bool? _hasOutput; // null while the move to it has not ended
    private ExceptionDispatchInfo? _failure;

    /// <param name="open">Asks the replica.</param>
    /// <param name="wake">Set when there may be an <see cref="HasOutcome"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ReplicaStream(Func<CancellationToken, IAsyncEnumerable<ReplicaOutput>> open, Wake wake, CancellationToken cancellationToken)
    {
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _outputs = new MovingStream<ReplicaOutput>(open(_leaving.Token).GetAsyncEnumerator(_leaving.Token), wake);
    }

    /// <summary>Who answers, as soon as it is known.</summary>
    public ReplicaDescriptor? Replica { get; private set; }

    /// <summary>Whether something has come that has not been taken: an output, the end, or a failure. Begins to wait for it.</summary>
    public bool HasOutcome
    {
        get
        {
            if (_hasOutput is null && _outputs.Move())
            {
                Look();
            }

            return _hasOutput is not null;
        }
    }

    /// <summary>Whether what has come is an output, and not the end.</summary>
    public bool HasOutput()
    {
        _failure?.Throw();
        return _hasOutput == true;
    }

    /// <summary>The output that has come, left where it is.</summary>
    public ReplicaOutput Peek() => _outputs.Current;

    /// <summary>Takes the output that has come.</summary>
    public ReplicaOutput Take()
    {
        _hasOutput = null;
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

    private void Look()
    {
        try
        {
            _hasOutput = _outputs.Take();
        }
        catch (Exception exception)
        {
            (_hasOutput, _failure) = (false, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private async Task EndAsync(Task cancelled)
    {
        await cancelled;
        if (_hasOutput is null)
        {
            _outputs.Move();
        }

        try
        {
            await _outputs.EndAsync();
        }
        catch (Exception)
        {
            // It is left because it failed, or nobody wants to know any more.
        }

        _leaving.Dispose();
    }
}
