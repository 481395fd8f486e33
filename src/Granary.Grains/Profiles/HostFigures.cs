using System.Globalization;

namespace Granary.Profiles;

/// <summary>What the host says about memory, load and disk; 0 for what it does not say.</summary>
internal static class HostFigures
{
    /// <summary>Memory that this process may use, and what is free of it, in bytes.</summary>
    public static (long Total, long Free) Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // knows a container's limit
        var lines = TryRead("/proc/meminfo").Split('\n');
        var (machine, available) = (Kilobytes(lines, "MemTotal:") << 10, Kilobytes(lines, "MemAvailable:") << 10);
        return total < machine ? (total, Math.Clamp(total - Environment.WorkingSet, 0, available)) : (Math.Max(total, machine), available);
    }

    /// <summary>Mean number of threads over the last minute that ran or wanted to.</summary>
    public static double LoadAverage() =>
        double.TryParse(TryRead("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : 0;

    /// <summary>Size and free space of the disk that a folder is on, or will be.</summary>
    public static (long Total, long Free) Disk(string folder)
    {
        var at = new DirectoryInfo(Path.GetFullPath(folder));
        while (!at.Exists && at.Parent is { } parent)
        {
            at = parent;
        }

        try
        {
            var disk = new DriveInfo(at.FullName);
            return (disk.TotalSize, disk.AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }

    private static long Kilobytes(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
        && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var value)
            ? value
            : 0;

    private static string TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
