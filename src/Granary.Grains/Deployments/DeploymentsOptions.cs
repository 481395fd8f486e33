using System.ComponentModel.DataAnnotations;

namespace Granary.Deployments;

/// <summary>What deployments may use of this silo; bound from <c>Granary:Deployments</c>.</summary>
public sealed class DeploymentsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Deployments";

    /// <value>Bytes that models may take here, weights and KV caches, those of Granary:Models:Serve included. At least 1 MiB, default: four fifths of the memory that the process may have.</value>
    [Range(1L << 20, long.MaxValue)]
    public long? MemoryBytes { get; set; }

    /// <value>How long a model that is no longer wanted here may finish what it has running. Bounds 0–1 h, default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan UnloadAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>How long a step may take on its way through the other stages of a replica; then its generations go on elsewhere. Bounds 0.1 s–10 min, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
