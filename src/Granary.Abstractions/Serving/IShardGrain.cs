namespace Granary.Serving;

/// <summary>
/// A stage of a model's replica, pinned to the silo that its key names (<c>model@silo-address</c>). One stage, all layers, is the common case.
/// </summary>
[Alias("granary.shard")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>
    /// Renders, tokenises, generates; goes on with, or takes over, what was generated elsewhere. Cancelling the enumeration frees the slot at the next step. Between
    /// the frames come heartbeats, before the request is taken or refused, too.
    /// </summary>
    /// <exception cref="Errors.GranaryException">The prompt does not fit, the queue is full, or this silo no longer serves the model.</exception>
    [Alias("Generate")]
    IAsyncEnumerable<TokenFrame> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// A running generation with its keys and values, in pieces, for another replica of the model to go on with. When the last piece has been taken, its own
    /// stream ends with <see cref="Models.FinishReason.Moved"/>; if the enumeration is given up before, it goes on here.
    /// </summary>
    /// <param name="requestId">Its <see cref="GenerateRequest.RequestId"/>.</param>
    /// <param name="choice">Which of its outputs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Errors.GranaryException">No such generation runs here.</exception>
    [Alias("Export")]
    IAsyncEnumerable<byte[]> ExportAsync(string requestId, int choice, CancellationToken cancellationToken = default);

    /// <summary>How long a request is, without generating it.</summary>
    /// <exception cref="Errors.GranaryException">The model's template refuses it, or this silo no longer serves the model.</exception>
    [Alias("Measure")]
    Task<PromptSize> MeasureAsync(GenerateRequest request);

    /// <summary>The replica as it is now.</summary>
    [Alias("Describe")]
    Task<ReplicaDescriptor> DescribeAsync();
}
