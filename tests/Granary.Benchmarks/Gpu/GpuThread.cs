namespace Granary.Benchmarks.Gpu;

/// <summary>Runs work on a thread of its own: a GPU's context and a runner belong to the thread that opened them.</summary>
internal static class GpuThread
{
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
