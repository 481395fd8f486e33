using System.Diagnostics;
using Npgsql;

namespace Granary.Conformance.Support;

/// <summary>A synchronous standby of a <see cref="PostgresProcess"/>.</summary>
internal sealed class PostgresStandby : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Next();
    private Process? _process;

    private PostgresStandby()
    {
    }

    /// <summary>Copies the primary, follows it, and makes it wait for this standby from then on.</summary>
    public static async Task<PostgresStandby> StartAsync(string primary)
    {
        var standby = new PostgresStandby();
        try
        {
            await standby.FollowAsync(new NpgsqlConnectionStringBuilder(primary));
            await RequireAsync(primary);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(_process);
        _process = null;
        _folder.Dispose();
    }

    private async Task FollowAsync(NpgsqlConnectionStringBuilder primary)
    {
        var (user, data) = (PostgresProcess.User, _folder.Combine("data"));
        if (Environment.IsPrivilegedProcess)
        {
            await Server.RunAsync("chown", "postgres", _folder.FullPath);
        }

        await Server.RunAsync(user[0], [.. user[1..], Server.Find("pg_basebackup")!, "-h", primary.Host!, "-p", $"{primary.Port}", "-U", primary.Username!, "-D", data, "-R", "-X", "stream", "-c", "fast"]);
        _process = Server.Start(user[0], [.. user[1..], Server.Find("postgres")!, "-D", data, "-p", $"{_port}", "-k", _folder.FullPath, "-c", "listen_addresses=127.0.0.1"]);
        var here = $"Host=127.0.0.1;Port={_port};Username={primary.Username};Database={primary.Database};Pooling=false";
        await Server.UntilReadyAsync(_process, async cancellationToken =>
        {
            await using var connection = new NpgsqlConnection(here);
            await connection.OpenAsync(cancellationToken);
        });
    }

    private static async Task RequireAsync(string primary)
    {
        await using var connection = new NpgsqlConnection(primary);
        await connection.OpenAsync();
        foreach (var statement in new[] { "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()" })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
