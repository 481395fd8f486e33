using System.Collections.Concurrent;
using Granary.Clustering;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Draining;

/// <summary>
/// The connections that carry requests. What they carry counts as work that a silo which leaves waits for; a connection that carries nothing is closed then, and its client goes
/// to another gateway.
/// </summary>
internal sealed class OpenConnections(ISiloDrain drain, TimeProvider time) : BackgroundService, IRunningWork
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    // The last message of a stream must be on its way before the connection is closed.
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<OpenConnection, bool> _connections = new();

    public int Count => _connections.Keys.Sum(static connection => connection.Running);

    /// <summary>Connections that are open.</summary>
    public int Connections => _connections.Count;

    /// <summary>One has been opened.</summary>
    /// <param name="close">Closes it; may be called more than once, and when it is closed.</param>
    public OpenConnection Add(Action close)
    {
        var connection = new OpenConnection(time, close);
        _connections[connection] = true;
        return connection;
    }

    /// <summary>It is closed.</summary>
    public void Remove(OpenConnection connection) => _connections.TryRemove(connection, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!drain.SendsAway)
                    continue;
                foreach (var connection in _connections.Keys.Where(static connection => connection.IsIdleFor(Idle)))
                    connection.Close();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
