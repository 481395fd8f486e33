using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>The way from the layers of a model to experts on other silos. Used by several threads at once.</summary>
/// <remarks>
/// A link may hold a call back while its destination has enough to do, ask a second destination that holds the same experts when the first is slow, and take
/// whichever answers: experts are functions without state, so that asking twice is harmless.
/// </remarks>
public interface IExpertLink
{
    /// <summary>Where the experts are now. A reference to what never changes: another placement is another object.</summary>
    ExpertPlacement Placement { get; }

    /// <summary>Computes a batch at a destination.</summary>
    /// <exception cref="Exception">The destination failed; its experts are then asked of their other destinations.</exception>
    Task<ExpertReply> RunAsync(int destination, ExpertBatch batch);

    /// <summary>Waits for a placement in which failed experts can be computed again; called while a step waits for it.</summary>
    /// <param name="seen">The placement with which it failed.</param>
    /// <param name="failed">Experts of which no destination answered.</param>
    /// <returns>A placement that is not <paramref name="seen"/>.</returns>
    /// <exception cref="Exception">There is no hope: the engine ends as <see cref="Stages.IStageLink"/> says.</exception>
    Task<ExpertPlacement> RepairAsync(ExpertPlacement seen, IReadOnlyList<ExpertId> failed);
}
