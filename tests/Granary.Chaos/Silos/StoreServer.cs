using Granary.Host.Commands;
using Granary.Host.Local;

namespace Granary.Chaos.Silos;

/// <summary>A real PostgreSQL or Redis that can be killed and comes back on the same port with the same data.</summary>
/// <param name="name">Its name, for people.</param>
/// <param name="port">Its port.</param>
/// <param name="start">Starts it and waits until it answers.</param>
internal sealed class StoreServer(string name, int port, Func<CancellationToken, Task<(ManagedProcess Process, string ConnectionString)>> start)
{
    private const int Attempts = 40;
    private ManagedProcess? _process;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => port;

    /// <summary>How to reach it directly.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Whether it was ever started.</summary>
    public bool IsStarted => _process is not null;

    /// <summary>The running process.</summary>
    public ManagedProcess Process => _process ?? throw new InvalidOperationException($"{name} was never started");

    /// <summary>Starts it. After a kill its children may hold its files for a moment, so it is tried more than once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                (_process, ConnectionString) = await start(cancellationToken);
                return;
            }
            catch (CommandException) when (attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            }
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill() => Process.Signal(ManagedProcess.Kill);

    /// <summary>The connection string of a client that reaches it at another port.</summary>
    public string ConnectionStringAt(int relay) =>
        ConnectionString.Replace($":{port},", $":{relay},", StringComparison.Ordinal).Replace($"Port={port}", $"Port={relay}", StringComparison.Ordinal);
}
