using System.Diagnostics;
using Granary.Clustering;
using Npgsql;

[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.PostgresServer))]

namespace Granary.Conformance.Support;

/// <summary>A PostgreSQL server of its own, with Orleans' schema, started by the first test that asks.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly Lazy<Task<string>> _connectionString;
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    public PostgresServer() => _connectionString = new Lazy<Task<string>>(StartAsync);

    /// <summary>The connection string; skips the test where PostgreSQL is not installed.</summary>
    public Task<string> GetConnectionStringAsync()
    {
        Assert.SkipWhen(Server.Find("initdb") is null, "PostgreSQL is not installed.");
        return _connectionString.Value;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Server.StopAsync(_process);
        _folder.Dispose();
    }

    private async Task<string> StartAsync()
    {
        var (data, port) = (_folder.Combine("data"), Server.FreePort());
        // The server refuses to run as root.
        string[] user = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : ["env"];
        if (Environment.IsPrivilegedProcess)
        {
            await Server.RunAsync("chown", "postgres", _folder.FullPath);
        }

        await Server.RunAsync(user[0], [.. user[1..], Server.Find("initdb")!, "-D", data, "-U", "granary", "-A", "trust", "-N", "--no-instructions"]);
        _process = Server.Start(
            user[0], [.. user[1..], Server.Find("postgres")!, "-D", data, "-p", $"{port}", "-k", _folder.FullPath, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        var connectionString = $"Host=127.0.0.1;Port={port};Username=granary;Database=postgres";
        await Server.UntilReadyAsync(_process, cancellationToken => PostgresSchema.EnsureAsync(connectionString, cancellationToken));
        return connectionString;
    }
}
