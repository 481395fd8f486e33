using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Experts;

/// <summary>Weights of some experts of a model's layers on this silo. Used by layers of this silo in place, and by others through batches.</summary>
public sealed class ExpertSet : IAsyncDisposable
{
    /// <summary>The experts that can be computed.</summary>
    public IReadOnlySet<ExpertId> Experts => throw new NotSupportedException("Not there yet.");

    /// <summary>Loads experts.</summary>
    /// <param name="graphs">The model.</param>
    /// <param name="experts">Which; none is possible.</param>
    /// <param name="options">Threads.</param>
    /// <param name="logger">The log.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The model is not for the CPU, or its graph cannot be loaded.</exception>
    public static Task<ExpertSet> LoadAsync(
        ISegmentGraphs graphs, IReadOnlyCollection<ExpertId> experts, EngineOptions options, ILogger logger, CancellationToken ct = default) => throw new NotSupportedException("Not there yet.");

    /// <summary>Changes the set while it serves: new experts can be computed, and those left out no longer, when the task ends.</summary>
    public Task ChangeAsync(IReadOnlyCollection<ExpertId> experts, CancellationToken ct = default) => throw new NotSupportedException("Not there yet.");

    /// <summary>Computes a batch on a thread of the set.</summary>
    /// <exception cref="Errors.GranaryException"><c>unavailable</c>: the set does not hold all of the batch's experts, or was disposed.</exception>
    public Task<ExpertReply> RunAsync(ExpertBatch batch) => throw new NotSupportedException("Not there yet.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotSupportedException("Not there yet.");
}
