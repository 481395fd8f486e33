using Microsoft.Extensions.Options;

namespace Granary.Health;

/// <summary>The parts of this silo that others wait for.</summary>
internal sealed class LocalProgress(IOptions<HealthOptions> options, TimeProvider timeProvider) : ILocalProgress
{
    /// <summary>The token log's writer: reads that succeed do not make up for commits that hang.</summary>
    public WorkProgress Commits { get; } = new(timeProvider);

    /// <summary>What opens, reads and closes turns in the token log.</summary>
    public WorkProgress Log { get; } = new(timeProvider);

    /// <summary>The store of grains' states.</summary>
    public WorkProgress Store { get; } = new(timeProvider);

    public IReadOnlyList<string> Stalled
    {
        get
        {
            (string Name, WorkProgress Progress)[] parts = [("the token log", Commits), ("the token log", Log), ("the store", Store)];
            return [.. parts.Where(part => part.Progress.Stalled > options.Value.StuckAfter).Select(part => part.Name).Distinct(StringComparer.Ordinal)];
        }
    }
}
