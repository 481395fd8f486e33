using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;

namespace Granary.Completions;

/// <summary>A generation without a conversation, logged so that its stream survives (key: its id below its owner, by <see cref="Identity.OwnedKey"/>). Forgotten some time after its end.</summary>
[Alias("granary.completion")]
public interface ICompletionGrain : ITurnOwner
{
    /// <summary>Begins, and returns when a replica has taken it: refusals come here. Starting again, at any time, begins nothing anew.</summary>
    /// <param name="model">Who is to answer.</param>
    /// <param name="request">What is to be generated.</param>
    /// <param name="isRepeated">Whether this was asked before and the answer was lost.</param>
    /// <returns>How far its tenant is from its limits; <see langword="null"/> where it has none.</returns>
    /// <exception cref="Errors.GranaryException">A limit of the tenant is reached, the model is not served, the prompt does not fit, queues are full, the log is away.</exception>
    [Alias("Start")]
    Task<RateLimits?> StartAsync(string model, GenerateRequest request, bool isRepeated = false);

    /// <summary>
    /// Its frames from a record of the log on, those that are there and those to come. Any number may read. When nobody has read for some seconds, it stops.
    /// </summary>
    /// <param name="nextRecord">Number of the first record that the reader lacks, from 0.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Errors.GranaryException">
    /// <c>completion_not_found</c>: there is no such completion, or it is forgotten; it failed (thrown after its last frame).
    /// </exception>
    /// <exception cref="TurnMovedException">It moves to another silo; read on from where you were.</exception>
    [Alias("Read")]
    IAsyncEnumerable<TurnEvent> ReadAsync(int nextRecord, CancellationToken cancellationToken = default);

    /// <summary>The model that it was started with.</summary>
    /// <exception cref="Errors.GranaryException"><c>completion_not_found</c>: there is no such completion, or it is forgotten.</exception>
    [Alias("GetModel")]
    Task<string> GetModelAsync();

    /// <summary>Stops it, keeping what was generated. Twice is no error.</summary>
    [Alias("Stop")]
    Task StopAsync();
}
