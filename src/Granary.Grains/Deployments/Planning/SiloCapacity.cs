namespace Granary.Deployments.Planning;

/// <summary>A silo as the planner sees it.</summary>
internal sealed record SiloCapacity
{
    /// <summary>Address and generation.</summary>
    public required string Address { get; init; }

    public required string Name { get; init; }

    public required string Zone { get; init; }

    /// <summary>Bytes that models may still take, those of the planned model's own deployment not counted.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>What its engines' KV caches may take.</summary>
    public ReplicaLimits Limits { get; init; } = new(0, 0, 0, 0);

    /// <summary>How fast it computes relative to others, as <see cref="MeasuredFigures.Speed"/> has it; above 0.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Whether it serves the planned model by its configuration.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>Measured round trips to other silos in milliseconds, by address.</summary>
    public IReadOnlyDictionary<string, double> LatencyMs { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Bytes of consecutive layers there: weights and KV cache.</summary>
    public long BytesOf(ModelSizes sizes, int first, int count) => sizes.StageBytes(first, count) + KvBytes(sizes, count);

    private long KvBytes(ModelSizes sizes, int layers) =>
        Math.Min((long)Limits.Slots * Math.Min(Limits.SlotTokens, sizes.MaxPositions) * sizes.KvBytesPerLayer * layers, Limits.KvCacheBytes);
}
