using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Granary.Host.Commands;

namespace Granary.Host.Local;

/// <summary>Servers never run as root: started by root they run as a system user, in a folder that it can reach.</summary>
internal static class UnprivilegedUser
{
    /// <summary>The words to put before a command so that it runs unprivileged; empty when this process is already.</summary>
    public static string[] Prefix(string user) =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--"] : [];

    /// <summary>The first of the users that exists on this machine; <c>nobody</c> always does.</summary>
    public static string FirstOf(params string[] users)
    {
        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        return users.First(known.Contains);
    }

    /// <summary>A folder for the server's data: below <paramref name="data"/>, or, for root, below /var/lib/granary, since a system user cannot enter every home.</summary>
    public static async Task<string> FolderAsync(string data, string server, string user, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(StoreFolder(data), server);
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(["chown", user, folder], cancellationToken);
        }

        return folder;
    }

    /// <summary>The folder that holds all servers' data of the installation whose own data is in <paramref name="data"/>.</summary>
    public static string StoreFolder(string data)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return data;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(data))))[..12];
        return Path.Combine("/var/lib/granary", hash);
    }

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="CommandException">It failed; the message has its last line.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new CommandException($"{command[0]} did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            var lines = $"{await output}\n{await error}".Split('\n', StringSplitOptions.RemoveEmptyEntries);
            throw new CommandException($"{Path.GetFileName(command[0])} failed: {lines.LastOrDefault() ?? $"exit code {process.ExitCode}"}");
        }
    }
}
