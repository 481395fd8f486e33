using System.Diagnostics;
using Granary.Clustering;
using Npgsql;

namespace Granary.Conformance.Support;

/// <summary>A PostgreSQL server in a temporary folder on a free port, with Orleans' schema.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    public static bool IsInstalled => Server.Find("initdb") is not null;

    /// <summary>Makes a database and starts the server.</summary>
    /// <returns>The connection string.</returns>
    public async Task<string> StartAsync()
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

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Server.StopAsync(_process);
        _folder.Dispose();
    }
}
