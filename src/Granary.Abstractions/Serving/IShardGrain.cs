namespace Granary.Serving;

/// <summary>
/// A stage of a model's replica, pinned to the silo that its key names (<c>model@silo-address</c>). One stage, all layers, is the common case.
/// </summary>
[Alias("granary.shard")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Renders, tokenises, generates. Cancelling the enumeration frees the slot at the next step.</summary>
    /// <exception cref="Errors.GranaryException">The prompt does not fit, the queue is full, or this silo no longer serves the model.</exception>
    [Alias("Generate")]
    IAsyncEnumerable<TokenFrame> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken = default);

    /// <summary>The replica as it is now.</summary>
    [Alias("Describe")]
    Task<ReplicaDescriptor> DescribeAsync();
}
