using Granary.Clustering;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Draining;

/// <summary>Requests that are being answered, streams included; a silo that leaves waits for them. When the application stops, those that are left get a moment more.</summary>
internal sealed class RunningRequests : IRunningWork, IDisposable
{
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _stopping;
    private int _count;

    public RunningRequests(IHostApplicationLifetime lifetime) =>
        _stopping = lifetime.ApplicationStopping.Register(() => _over.CancelAfter(LastMoment));

    public int Count => Volatile.Read(ref _count);

    /// <summary>Cancelled when nothing may run on: a stream that is not at its end is in the log, and is read on at another gateway, or after a restart.</summary>
    public CancellationToken Over => _over.Token;

    public void Begin() => Interlocked.Increment(ref _count);

    public void End() => Interlocked.Decrement(ref _count);

    public void Dispose()
    {
        _stopping.Dispose();
        _over.Dispose();
    }
}
