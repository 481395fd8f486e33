using Granary.Engine;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>What this silo's engines run on, and what they do, all together.</summary>
internal sealed class LocalEngines(LocalModels models, IOptions<EngineOptions> options)
{
    /// <summary>Physical cores of the host that this process may use.</summary>
    public static int PhysicalCores => DeviceFigures.PhysicalCores;

    /// <summary>Reads it; cheap.</summary>
    public EngineFigures Read()
    {
        var all = models.All.OrderBy(model => model.Manifest.Name, StringComparer.Ordinal).Select(model => (model.Manifest.Name, model.Engine.Status)).ToArray();
        var statuses = Array.ConvertAll(all, model => model.Status);
        var device = DeviceFigures.Read(options.Value);
        return new EngineFigures
        {
            Models = Array.ConvertAll(all, model => model.Name),
            DeviceKind = device.Kind,
            DeviceName = device.Name,
            DeviceMemoryBytes = device.MemoryBytes,
            FreeDeviceMemoryBytes = device.FreeMemoryBytes,
            Slots = statuses.Sum(status => status.Slots),
            Running = statuses.Sum(status => status.Running),
            Waiting = statuses.Sum(status => status.Waiting),
            StepMilliseconds = statuses.Select(status => status.StepTime.TotalMilliseconds).DefaultIfEmpty(0).Max(),
            KvUse = statuses.Select(status => status.KvUsage).DefaultIfEmpty(0).Max(),
            HostKvBytes = statuses.Sum(status => status.HostKvBytes),
            DiskKvBytes = statuses.Sum(status => status.DiskKvBytes),
            PromptTokens = statuses.Sum(status => status.PromptTokens),
            OutputTokens = statuses.Sum(status => status.OutputTokens),
        };
    }
}
