using System.Globalization;
using Granary.Host.Commands;
using Npgsql;

namespace Granary.Host.Local;

/// <summary>A PostgreSQL server of this installation's own: own folder, own port, loopback only, unprivileged.</summary>
internal static class PostgresServer
{
    private const string Database = "granary";

    public static async Task<(ManagedProcess Process, string ConnectionString)> StartAsync(GranaryPaths paths, string password, Progress progress, CancellationToken cancellationToken, int? fixedPort = null)
    {
        progress.Step("PostgreSQL: looking for the server");
        await InstallAsync(paths, cancellationToken);
        var binaries = Binaries() ?? throw new CommandException("PostgreSQL's initdb was not found; install the package 'postgresql'");
        var user = UnprivilegedUser.FirstOf("postgres", "nobody");
        var folder = await UnprivilegedUser.FolderAsync(paths.Data, "postgres", user, cancellationToken);
        var data = Path.Combine(folder, "data");
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            progress.Step("PostgreSQL: creating the database folder");
            await InitialiseAsync(binaries, user, folder, data, password, cancellationToken);
        }

        var port = fixedPort ?? FreePort.AtOrAfter(15432);
        var process = ManagedProcess.Start(
            "postgresql",
            [
                .. UnprivilegedUser.Prefix(user), Path.Combine(binaries, "postgres"), "-D", data, "-p", port.ToString(CultureInfo.InvariantCulture),
                "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}", "-c", "max_connections=200",
            ],
            Path.Combine(paths.Logs, "postgresql.log"),
            stopSignal: ManagedProcess.Interrupt); // fast shutdown: sessions are closed, nothing is lost
        try
        {
            var server = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "granary", Password = password, Database = "postgres", Timeout = 3 };
            await WaitAsync(process, server.ConnectionString, paths, progress, cancellationToken);
            return (process, await CreateDatabaseAsync(server, cancellationToken));
        }
        catch
        {
            await process.StopAsync(TimeSpan.FromSeconds(5), _ => { });
            throw;
        }
    }

    private static Task InstallAsync(GranaryPaths paths, CancellationToken cancellationToken) =>
        Binaries() is not null ? Task.CompletedTask : UnprivilegedUser.RunAsync([Path.Combine(paths.Root, "deploy", "lib", "apt-install"), "initdb:postgresql"], cancellationToken);

    // Debian keeps each major version's programs in a folder of its own, away from PATH.
    private static string? Binaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var folders = debian.OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static async Task InitialiseAsync(string binaries, string user, string folder, string data, string password, CancellationToken cancellationToken)
    {
        var half = data + ".new";
        var passwordFile = Path.Combine(folder, "password");
        if (Directory.Exists(half))
        {
            Directory.Delete(half, recursive: true);
        }

        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.IsPrivilegedProcess)
        {
            await UnprivilegedUser.RunAsync(["chown", user, passwordFile], cancellationToken);
        }

        await UnprivilegedUser.RunAsync(
            [
                .. UnprivilegedUser.Prefix(user), Path.Combine(binaries, "initdb"), "-D", half, "-U", "granary", "-A", "scram-sha-256",
                $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C",
            ],
            cancellationToken);
        File.Delete(passwordFile);
        Directory.Move(half, data);
    }

    private static async Task WaitAsync(ManagedProcess process, string connectionString, GranaryPaths paths, Progress progress, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                if (!process.IsAlive() || attempt > 300)
                {
                    throw new CommandException($"PostgreSQL did not start; see {Path.Combine(paths.Logs, "postgresql.log")}", innerException: failure);
                }

                progress.Step($"PostgreSQL: starting, {attempt / 10.0:F1} s");
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static async Task<string> CreateDatabaseAsync(NpgsqlConnectionStringBuilder server, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand($"select 1 from pg_database where datname = '{Database}'", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = new NpgsqlCommand($"create database {Database}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Database }.ConnectionString;
    }
}
