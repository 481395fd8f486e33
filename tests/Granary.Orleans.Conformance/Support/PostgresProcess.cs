using System.Diagnostics;
using Granary.Clustering;
using Npgsql;

namespace Granary.Conformance.Support;

/// <summary>A PostgreSQL server in a temporary folder on a free port, with Orleans' schema. It can be killed and started again.</summary>
/// <param name="settings">Settings of the server; without any it does not wait for its disk.</param>
internal sealed class PostgresProcess(params string[] settings) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Next();
    private Process? _process;

    public static bool IsInstalled => Server.Find("initdb") is not null;

    private string Data => _folder.Combine("data");

    // The server refuses to run as root.
    internal static string[] User => Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : ["env"];

    /// <summary>Makes a database where there is none yet and starts the server.</summary>
    /// <returns>The connection string.</returns>
    public async Task<string> StartAsync()
    {
        if (!Directory.Exists(Data))
        {
            if (Environment.IsPrivilegedProcess)
            {
                await Server.RunAsync("chown", "postgres", _folder.FullPath);
            }

            await Server.RunAsync(User[0], [.. User[1..], Server.Find("initdb")!, "-D", Data, "-U", "granary", "-A", "trust", "-N", "--no-instructions"]);
        }

        var connectionString = $"Host=127.0.0.1;Port={_port};Username=granary;Database=postgres";
        await StartServerAsync(connectionString);
        return connectionString;
    }

    /// <summary>kill -9 of all its processes.</summary>
    public async Task KillAsync()
    {
        await Server.StopAsync(_process);
        _process = null;
        NpgsqlConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Server.StopAsync(_process);
        _folder.Dispose();
    }

    private async Task StartServerAsync(string connectionString)
    {
        string[] more = settings.Length > 0 ? settings : ["fsync=off"];
        string[] command = [.. User[1..], Server.Find("postgres")!, "-D", Data, "-p", $"{_port}", "-k", _folder.FullPath, "-c", "listen_addresses=127.0.0.1", .. more.SelectMany(setting => new[] { "-c", setting })];
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var attempt = 0; ; attempt++)
        {
            _process = Server.Start(User[0], command);
            try
            {
                await Server.UntilReadyAsync(_process, cancellationToken => PostgresSchema.EnsureAsync(connectionString, cancellationToken));
                return;
            }
            catch (NpgsqlException) when (_process.HasExited && attempt < 100)
            {
                await pause.WaitForNextTickAsync(); // processes of the killed server are still ending, and it refuses to start beside them
            }
        }
    }
}
