namespace Orleans.Runtime;

/// <summary>A call whose answer is awaited.</summary>
internal sealed class PendingCall(long id, GrainId target, Invokable request, TimeSpan timeout, long deadline)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenRegistration _cancellation;

    public long Id { get; } = id;

    public GrainId Target { get; } = target;

    public Invokable Request { get; } = request;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary><see cref="Environment.TickCount64"/> at which the caller stops waiting.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>The silo that has the call; null while it is being addressed.</summary>
    public SiloAddress? TargetSilo { get; set; }

    /// <summary>The request was given to a connection: if that breaks, nobody knows whether it arrived.</summary>
    public bool IsSent { get; set; }

    public void CancelWith(Action<object?> onCancelled, CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            _cancellation = token.UnsafeRegister(onCancelled, this);
        }
    }

    /// <summary>The call ran in this process.</summary>
    public void Complete(Invokable callee)
    {
        _cancellation.Dispose();
        try
        {
            Request.TakeResult(callee);
            TrySetResult();
        }
        catch (Exception exception)
        {
            TrySetException(exception);
        }
    }

    /// <summary>The call ran elsewhere.</summary>
    public void Complete(ref WireReader reader)
    {
        _cancellation.Dispose();
        try
        {
            Request.ReadResult(ref reader);
            TrySetResult();
        }
        catch (Exception exception)
        {
            TrySetException(exception);
        }
    }

    public void Fail(Exception exception)
    {
        _cancellation.Dispose();
        if (exception is OperationCanceledException cancelled)
        {
            TrySetCanceled(cancelled.CancellationToken);
            return;
        }

        TrySetException(exception);
    }
}
