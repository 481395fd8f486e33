namespace Granary.Engine.Execution;

/// <summary>What the machine has to compute with.</summary>
internal static class ProcessorTopology
{
    private const string LinuxCpus = "/sys/devices/system/cpu";
    private const string LinuxModel = "model name";

    /// <summary>
    /// Physical cores, at most the processors this process may use: two hyperthreads share one vector unit, and a forward
    /// pass keeps it busy with one.
    /// </summary>
    public static int PhysicalCores()
    {
        try
        {
            int cores = Directory.EnumerateDirectories(LinuxCpus, "cpu*")
                .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct(StringComparer.Ordinal)
                .Count();
            return cores == 0 ? Environment.ProcessorCount : Math.Min(cores, Environment.ProcessorCount);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.ProcessorCount;
        }
    }

    /// <summary>What the processor is called; empty where nobody says.</summary>
    public static string Name()
    {
        try
        {
            string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(LinuxModel, StringComparison.Ordinal));
            return line is null ? "" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
