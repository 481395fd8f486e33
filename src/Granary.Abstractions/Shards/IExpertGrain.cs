namespace Granary.Shards;

/// <summary>
/// A group of a model's experts: those that one silo holds, to which the key pins it (<c>model@silo-address</c>). Which experts they are changes while it serves. A step sends it one message for
/// each layer of which tokens have chosen some of them.
/// </summary>
[Alias("granary.experts")]
public interface IExpertGrain : IGrainWithStringKey
{
    /// <summary>Computes the chosen experts of a batch.</summary>
    /// <exception cref="Errors.GranaryException"><c>unavailable</c>: not all of them are here; <c>overloaded</c>: too many batches wait already.</exception>
    [Alias("Run")]
    Task<ExpertReply> RunAsync(ExpertBatch batch);
}
