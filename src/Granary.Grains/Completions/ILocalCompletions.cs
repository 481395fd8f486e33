using Granary.Serving;
using Granary.Tenants;

namespace Granary.Completions;

/// <summary>
/// Completions of this silo, begun and stopped where they run: the grain of one is woken only where another silo asks for it, or this silo is gone. From any thread.
/// </summary>
public interface ILocalCompletions
{
    /// <summary>What the key of a completion that is begun here must end with, by <see cref="Clustering.SiloMark"/>: the silo to which calls of its grain go.</summary>
    string Mark { get; }

    /// <summary>Begins one, as <see cref="ICompletionGrain.StartAsync"/> does.</summary>
    /// <param name="completion">Its grain, not asked before.</param>
    /// <param name="model">Who is to answer.</param>
    /// <param name="request">What is to be generated.</param>
    /// <returns><see langword="null"/> where this silo takes no work: its grain is to be asked.</returns>
    Task<RateLimits?>? Start(ICompletionGrain completion, string model, GenerateRequest request);

    /// <summary>Stops one, as <see cref="ICompletionGrain.StopAsync"/> does.</summary>
    /// <returns><see langword="null"/> where it does not run here: its grain is to be asked.</returns>
    Task? Stop(ICompletionGrain completion);
}
