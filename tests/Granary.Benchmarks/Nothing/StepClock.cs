namespace Granary.Benchmarks.Nothing;

/// <summary>Steps of an engine, which end for all its sequences at once.</summary>
internal sealed class StepClock : IDisposable
{
    private readonly Timer _timer;
    private TaskCompletionSource _step = NewStep();

    public StepClock(TimeSpan period) => _timer = new Timer(static clock => ((StepClock)clock!).Tick(), this, period, period);

    /// <summary>Ends with the step that runs.</summary>
    public Task NextStep => Volatile.Read(ref _step).Task;

    public void Dispose() => _timer.Dispose();

    private void Tick() => Interlocked.Exchange(ref _step, NewStep()).SetResult();

    private static TaskCompletionSource NewStep() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
