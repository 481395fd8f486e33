using Granary.Models;

namespace Granary.Engine;

/// <summary>One model on one device: batches the running requests continuously and streams each one's tokens.</summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The model.</summary>
    ModelManifest Manifest { get; }

    /// <summary>A snapshot of load and progress; cheap, from any thread.</summary>
    EngineStatus Status { get; }

    /// <summary>
    /// Generates a continuation. Ending the enumeration, or cancelling it, takes the sequence out at the next step.
    /// </summary>
    /// <param name="request">The prompt and how tokens are chosen.</param>
    /// <param name="ct">Ends the generation with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Outputs without hole or overlap; the last one alone has a finish reason and the usage. A slow reader gets
    /// several steps in one output.
    /// </returns>
    /// <exception cref="Errors.GranaryException">
    /// On the first move: <c>invalid_request</c>, <c>context_length_exceeded</c>, <c>overloaded</c> (the queue is full).
    /// On any move: <c>internal_error</c> (the device failed or gave NaN), <c>unavailable</c> (the engine was disposed).
    /// </exception>
    IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, CancellationToken ct = default);
}
