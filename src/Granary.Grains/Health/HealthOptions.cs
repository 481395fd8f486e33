using System.ComponentModel.DataAnnotations;

namespace Granary.Health;

/// <summary>When this silo counts as stuck; bound from <c>Granary:Health</c>. For its engines see <see cref="Engine.EngineOptions.StuckAfter"/>.</summary>
public sealed class HealthOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Health";

    /// <value>Time without progress of the token log or the store, while work waits or fails, after which the silo is not ready. Bounds 1 s–1 h, default 4 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(4);

    /// <value>Time that an engine may be stuck before the silo leaves the cluster and its process ends. Bounds 1 s–1 day, default 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LeaveAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <value>Whether a process that ends because of a stuck engine starts itself again, for silos that nobody supervises, as those of <c>granary up</c>. Default <see langword="false"/>: it ends with exit code 70.</value>
    public bool RestartInPlace { get; set; }
}
