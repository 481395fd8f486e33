
namespace Granary.Serving;

/// <summary>Finds a replica of a model and generates there. One a silo; from any thread, inside grains and outside.</summary>
public interface IReplicaRouter
{
    /// <summary>Generates on a replica that the policy chooses. Another replica is tried only before the first token.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="avoid">Key of a shard that is asked only if there is no other: one that has just failed, or that is to be left.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    /// <exception cref="Errors.GranaryException">
    /// <c>model_not_found</c>, <c>unavailable</c>, <c>overloaded</c> (all replicas' queues are full), or what the replica refused.
    /// </exception>
    IAsyncEnumerable<ReplicaOutput> GenerateAsync(string model, GenerateRequest request, string? avoid = null, CancellationToken cancellationToken = default);

    /// <summary>Returns when the model is served.</summary>
    /// <exception cref="Errors.GranaryException"><c>model_not_found</c> with the names that are served, or <c>unavailable</c>.</exception>
    Task RequireServedAsync(string model);
}
