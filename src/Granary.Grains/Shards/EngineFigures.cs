namespace Granary.Shards;

/// <summary>What <see cref="LocalEngines"/> reads: sums over all engines, of step time and KV use the largest.</summary>
internal sealed record EngineFigures
{
    public required string[] Models { get; init; }

    public required string DeviceKind { get; init; }

    public required string DeviceName { get; init; }

    /// <summary><see langword="null"/> where the device uses the host's memory.</summary>
    public long? DeviceMemoryBytes { get; init; }

    public long? FreeDeviceMemoryBytes { get; init; }

    public int Slots { get; init; }

    public int Running { get; init; }

    public int Waiting { get; init; }

    public double StepMilliseconds { get; init; }

    public double KvUse { get; init; }

    public long HostKvBytes { get; init; }

    public long DiskKvBytes { get; init; }

    public long PromptTokens { get; init; } // since the start

    public long OutputTokens { get; init; }
}
