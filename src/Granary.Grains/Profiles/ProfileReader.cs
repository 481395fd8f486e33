using Granary.Clustering;
using Granary.Sessions;
using Granary.Shards;
using Microsoft.Extensions.Options;

namespace Granary.Profiles;

/// <summary>Puts this silo's profile together. Rates are those between two readings. Used by <see cref="ProfileService"/> alone.</summary>
internal sealed class ProfileReader(
    LocalSilo silo, LocalEngines engines, LocalTurns turns, IOptions<ModelsOptions> options, TimeProvider timeProvider)
{
    private Counts _before = new(timeProvider.GetTimestamp(), Environment.CpuUsage.TotalTime, 0, 0);

    /// <summary>What was measured at the start.</summary>
    public MachineRates Rates { get; set; }

    /// <param name="links">How it reaches others.</param>
    public SiloProfile Read(SiloLink[] links)
    {
        var (memory, disk, engine) = (HostFigures.Memory(), HostFigures.Disk(options.Value.Folder), engines.Read());
        var (before, now) = (_before, new Counts(timeProvider.GetTimestamp(), Environment.CpuUsage.TotalTime, engine.PromptTokens, engine.OutputTokens));
        var seconds = Math.Max(timeProvider.GetElapsedTime(before.At, now.At).TotalSeconds, 1e-3);
        _before = now;
        return new SiloProfile
        {
            Silo = silo.Name,
            Address = silo.Address.ToParsableString(),
            Zone = silo.Zone,
            At = timeProvider.GetUtcNow(),
            Processors = Environment.ProcessorCount,
            Cores = LocalEngines.PhysicalCores,
            MemoryBytes = memory.Total,
            FreeMemoryBytes = memory.Free,
            ProcessMemoryBytes = Environment.WorkingSet,
            ProcessorUse = Math.Clamp((now.Processor - before.Processor).TotalSeconds / seconds / Environment.ProcessorCount, 0, 1),
            LoadAverage = HostFigures.LoadAverage(),
            DiskBytes = disk.Total,
            FreeDiskBytes = disk.Free,
            DeviceKind = engine.DeviceKind,
            DeviceName = engine.DeviceName,
            DeviceMemoryBytes = engine.DeviceMemoryBytes ?? memory.Total,
            FreeDeviceMemoryBytes = engine.FreeDeviceMemoryBytes ?? memory.Free,
            MatMulFlops = Rates.MatMulFlops,
            CopyBytesPerSecond = Rates.CopyBytesPerSecond,
            Models = engine.Models,
            Slots = engine.Slots,
            Running = engine.Running,
            Waiting = engine.Waiting,
            StepMilliseconds = engine.StepMilliseconds,
            KvUse = engine.KvUse,
            HostKvBytes = engine.HostKvBytes,
            DiskKvBytes = engine.DiskKvBytes,
            PromptTokensPerSecond = Math.Max(0, now.PromptTokens - before.PromptTokens) / seconds, // an engine may have gone
            OutputTokensPerSecond = Math.Max(0, now.OutputTokens - before.OutputTokens) / seconds,
            Turns = turns.Count,
            Links = links,
        };
    }

    private readonly record struct Counts(long At, TimeSpan Processor, long PromptTokens, long OutputTokens);
}
