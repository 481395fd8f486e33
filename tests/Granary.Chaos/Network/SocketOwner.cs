using System.Globalization;
using System.Net;

namespace Granary.Chaos.Network;

/// <summary>Finds the process that has the other end of a local connection, in /proc.</summary>
internal static class SocketOwner
{
    /// <summary>Which of <paramref name="processes"/> called from <paramref name="endpoint"/>; <see langword="null"/> if none did.</summary>
    public static int? Find(IPEndPoint endpoint, IEnumerable<int> processes)
    {
        if (Inode(endpoint) is not { } inode)
        {
            return null;
        }

        var link = $"socket:[{inode}]";
        foreach (var process in processes)
        {
            if (Holds(process, link))
            {
                return process;
            }
        }

        return null;
    }

    private static bool Holds(int process, string link)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fd").Any(handle => File.ResolveLinkTarget(handle, returnFinalTarget: false)?.Name == link);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Columns: number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode. Addresses are little-endian hexadecimal.
    private static string? Inode(IPEndPoint endpoint)
    {
        var bytes = endpoint.Address.MapToIPv4().GetAddressBytes();
        Array.Reverse(bytes);
        var local = string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(bytes)}:{endpoint.Port:X4}");
        foreach (var line in File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[1].EndsWith(local, StringComparison.Ordinal))
            {
                return columns[9];
            }
        }

        return null;
    }
}
