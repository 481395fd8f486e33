using Granary.Models;

namespace Granary.Engine;

/// <summary>One model on one device: batches the running requests continuously and streams each one's tokens.</summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The model.</summary>
    ModelManifest Manifest { get; }

    /// <summary>Most tokens of a sequence, prompt and output together.</summary>
    int ContextTokens { get; }

    /// <summary>A snapshot of load and progress; cheap, from any thread.</summary>
    EngineStatus Status { get; }

    /// <summary>
    /// Generates a continuation. Ending the enumeration, or cancelling it, takes the sequence out at the next step.
    /// </summary>
    /// <param name="request">The prompt and how tokens are chosen.</param>
    /// <param name="ct">Ends the generation with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Outputs without hole or overlap; the last one alone has a finish reason and the usage. A slow reader gets
    /// several steps in one output. Where the request has an <see cref="EngineRequest.Output"/>, the first one repeats it, and nothing else, with the text that became
    /// certain with it and without log-probabilities, so that the reader can follow; it is also the last one if those tokens end the generation.
    /// </returns>
    /// <exception cref="Errors.GranaryException">
    /// On the first move: <c>invalid_request</c>, <c>context_length_exceeded</c>, <c>overloaded</c> (the queue is full; never of one that ran before).
    /// On any move: <c>internal_error</c> (the device failed or gave NaN), <c>unavailable</c> (the engine was disposed).
    /// </exception>
    IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, CancellationToken ct = default);

    /// <summary>
    /// Writes a running generation to a stream, for another engine of the same model to go on with: tokens, parameters, keys and
    /// values. It goes on while what it has is written, and stands still for the last of it; others go on. When all is written, its reader gets what it lacks and
    /// <see cref="FinishReason.Moved"/>; if the stream fails, it goes on here as if nothing had been.
    /// </summary>
    /// <param name="requestId">The generation's <see cref="EngineRequest.RequestId"/>, of one that no other running one has.</param>
    /// <param name="destination">Gets tokens and the tenant's salt in the clear: it must be as well guarded as the engine is.</param>
    /// <param name="ct">Gives the export up.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c> (no such generation, or it has ended), <c>unavailable</c> (the engine was disposed).</exception>
    Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default);

    /// <summary>
    /// Goes on with a generation that another engine exported. Its tokens are those that it would have got there; as with an <see cref="EngineRequest.Output"/>,
    /// the first output repeats what it had.
    /// </summary>
    /// <param name="source">What <see cref="ExportAsync"/> wrote; read to its end before the first output.</param>
    /// <param name="ct">Ends the generation with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="Errors.GranaryException">
    /// As <see cref="GenerateAsync"/>; besides, on the first move, <c>invalid_request</c>: the stream is torn, damaged, or of another
    /// model. Nothing is left of it then.
    /// </exception>
    IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default);
}
