namespace Orleans.Runtime;

/// <summary>
/// Runs the turns of one activation one at a time on the thread pool. Awaits inside a turn capture it through <see cref="TaskScheduler.Current"/> and so come back to it.
/// </summary>
internal sealed class ActivationScheduler(Activation owner) : TaskScheduler, IThreadPoolWorkItem
{
    // A turn that keeps queueing more must not hold a pool thread forever.
    private const int TurnsPerQuantum = 64;

    private readonly Lock _lock = new();
    private readonly Queue<Task> _turns = new();
    private bool _isScheduled;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Queues a turn outside of the caller's execution context: nothing ambient leaks from caller to callee.</summary>
    public void Run(Action<object?> action, object? state) =>
        CleanContext.Run((action, state), static work => new Task(work.action, work.state)).Start(this);

    public void Execute()
    {
        var outer = RuntimeContext.Current;
        RuntimeContext.Current = owner;
        try
        {
            for (var turn = 0; turn < TurnsPerQuantum; turn++)
            {
                Task? next;
                lock (_lock)
                {
                    if (!_turns.TryDequeue(out next))
                    {
                        _isScheduled = false;
                        return;
                    }
                }

                TryExecuteTask(next);
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        finally
        {
            RuntimeContext.Current = outer;
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            _turns.Enqueue(task);
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, owner) && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _turns];
        }
    }
}
