using Granary.Clustering;

namespace Granary.Gateway.Sockets;

/// <summary>What is being answered over plain WebSockets; a silo that leaves waits for it.</summary>
internal sealed partial class RunningSockets(ILogger<RunningSockets> logger) : IRunningWork
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Begin() => Interlocked.Increment(ref _count);

    public void End() => Interlocked.Decrement(ref _count);

    [LoggerMessage(4210, LogLevel.Error, "A request over a WebSocket failed")]
    public partial void LogFailure(Exception exception);
}
