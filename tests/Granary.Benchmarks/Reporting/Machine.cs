namespace Granary.Benchmarks.Reporting;

/// <summary>Where figures were measured.</summary>
internal sealed record Machine(string Cpu, int Cores, double MemoryGiB)
{
    public static Machine Read()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        return new(model ?? "unknown", Environment.ProcessorCount, Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1));
    }
}
