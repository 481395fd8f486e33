namespace Granary.Health;

/// <summary>Which parts of this silo, besides its engines, make no progress; for readiness.</summary>
public interface ILocalProgress
{
    /// <summary>Names of the parts in which work waits, or fails, longer than <see cref="HealthOptions.StuckAfter"/>; as a sentence has them.</summary>
    IReadOnlyList<string> Stalled { get; }
}
