using System.Net.Sockets;
using System.Text;
using Granary.Host.Commands;

namespace Granary.Host.Local;

/// <summary>A Redis server of this installation's own: own folder, own port, loopback only, unprivileged. Every write is on disk before it is acknowledged.</summary>
internal static class RedisServer
{
    public static async Task<(ManagedProcess Process, string ConnectionString)> StartAsync(GranaryPaths paths, string password, Progress progress, CancellationToken cancellationToken, int? fixedPort = null)
    {
        progress.Step("Redis: looking for the server");
        await UnprivilegedUser.RunAsync([Path.Combine(paths.Root, "deploy", "lib", "apt-install"), "redis-server:redis-server"], cancellationToken);
        var user = UnprivilegedUser.FirstOf("redis", "nobody");
        var folder = await UnprivilegedUser.FolderAsync(paths.Data, "redis", user, cancellationToken);
        var port = fixedPort ?? FreePort.AtOrAfter(16379);
        var configuration = Path.Combine(folder, "redis.conf");
        // always, not everysec: with that one Redis answers up to two seconds before it writes while the disk is slow, and a kill loses what was acknowledged.
        await File.WriteAllTextAsync(
            configuration,
            $"bind 127.0.0.1\nport {port}\nprotected-mode yes\nrequirepass {password}\ndir {folder}\nappendonly yes\nappendfsync always\nsave \"\"\n",
            cancellationToken);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.IsPrivilegedProcess)
        {
            await UnprivilegedUser.RunAsync(["chown", user, configuration], cancellationToken);
        }

        var process = ManagedProcess.Start("redis", [.. UnprivilegedUser.Prefix(user), "redis-server", configuration], Path.Combine(paths.Logs, "redis.log"));
        for (var attempt = 0; !await AnswersAsync(port, password, cancellationToken); attempt++)
        {
            if (!process.IsAlive() || attempt > 100)
            {
                process.Signal(ManagedProcess.Kill);
                throw new CommandException($"Redis did not start; see {Path.Combine(paths.Logs, "redis.log")}");
            }

            progress.Step($"Redis: starting, {attempt / 10.0:F1} s");
            await Task.Delay(100, cancellationToken);
        }

        return (process, $"127.0.0.1:{port},password={password}");
    }

    private static async Task<bool> AnswersAsync(int port, string password, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\nPING\r\n"), cancellationToken);
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync(cancellationToken) == "+OK" && await reader.ReadLineAsync(cancellationToken) == "+PONG";
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
