using Granary.Models;
using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>Some layers of a model on this silo, with keys and values of their own. Calls are carried out one after the other, in the order in which they came.</summary>
public interface IStage : IAsyncDisposable
{
    /// <summary>Its layers.</summary>
    LayerRange Layers { get; }

    /// <summary>Bytes of its keys and values, all lanes together, as far as slots are used.</summary>
    long KvBytes { get; }

    /// <summary>Steps computed since it was loaded.</summary>
    long Steps { get; }

    /// <summary>Computes a step. Its hidden states become those of the last of these layers.</summary>
    /// <exception cref="Errors.GranaryException">
    /// <c>unavailable</c>: the step is not the one after the lane's last, so that this stage lacks keys and values, or the stage was disposed.
    /// </exception>
    Task<StageResult> RunAsync(StageStep step);

    /// <summary>Copies slots, in this order.</summary>
    Task CopyAsync(SlotCopy[] copies);

    /// <summary>Keys and values of these layers.</summary>
    Task<byte[]> ReadKvAsync(KvRange range);

    /// <summary>Sets keys and values of these layers.</summary>
    /// <param name="range">Which tokens'.</param>
    /// <param name="keysAndValues">As <see cref="ReadKvAsync"/> gives them.</param>
    Task WriteKvAsync(KvRange range, byte[] keysAndValues);
}
