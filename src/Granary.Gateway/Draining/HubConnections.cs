using System.Collections.Concurrent;
using Granary.Clustering;
using Granary.Gateway.Chat;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Draining;

/// <summary>
/// The hub's connections. Their streams count as work that a silo which leaves waits for; a connection without one is closed then, and its client goes to another gateway.
/// </summary>
internal sealed class HubConnections(ISiloDrain drain, TimeProvider time) : BackgroundService, IHubFilter, IRunningWork
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    // The last message of a stream must be on its way before the connection is closed.
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);

    public int Count => _connections.Values.Sum(static connection => connection.Running);

    /// <summary>Connections that are open.</summary>
    public int Connections => _connections.Count;

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        _connections[context.Context.ConnectionId] = new Connection(context.Context, time.GetTimestamp());
        await next(context);
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        _connections.TryRemove(context.Context.ConnectionId, out _);
        await next(context, exception);
    }

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (!_connections.TryGetValue(invocationContext.Context.ConnectionId, out var connection))
            return await next(invocationContext);
        connection.Begin();
        object? stream = null;
        try
        {
            var result = await next(invocationContext);
            stream = HubStreams.Ending(result, () => connection.End(time.GetTimestamp()));
            return stream ?? result;
        }
        finally
        {
            if (stream is null)
                connection.End(time.GetTimestamp());
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!drain.SendsAway)
                    continue;
                foreach (var connection in _connections.Values.Where(connection => connection.Running == 0 && time.GetElapsedTime(connection.IdleSince) >= Idle))
                    connection.Close();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private sealed class Connection(HubCallerContext context, long since)
    {
        private int _running;
        private long _idleSince = since;

        public int Running => Volatile.Read(ref _running);

        public long IdleSince => Volatile.Read(ref _idleSince);

        public void Begin() => Interlocked.Increment(ref _running);

        public void End(long now)
        {
            Volatile.Write(ref _idleSince, now);
            Interlocked.Decrement(ref _running);
        }

        public void Close() => context.Abort();
    }
}
