namespace Granary.Benchmarks.Reporting;

/// <summary>Where figures were measured.</summary>
/// <param name="Cpu">The processor.</param>
/// <param name="Cores">Its logical cores.</param>
/// <param name="MemoryGiB">The memory.</param>
/// <param name="Gpu">The GPU, where a benchmark uses one.</param>
internal sealed record Machine(string Cpu, int Cores, double MemoryGiB, string? Gpu = null)
{
    public static Machine Read()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        return new(model ?? "unknown", Environment.ProcessorCount, Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1));
    }
}
