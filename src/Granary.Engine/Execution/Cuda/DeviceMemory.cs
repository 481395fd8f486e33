using Granary.Models;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution.Cuda;

/// <summary>How much of a GPU's memory an engine may take for its KV cache once the weights are there.</summary>
/// <param name="KvCacheBytes">Bytes for the KV cache.</param>
internal readonly record struct DeviceMemory(long KvCacheBytes)
{
    // Activations, attention scratch and CUDA graphs; grows with the chunk, and this holds for chunks of some thousand tokens.
    private const long WorkspaceBytes = 1L << 30;

    // fp32 attention is no single launch: its scores lie in memory, masked, and as shares.
    private const int ScoreCopies = 3;

    private const double UsedShare = 0.9; // of what was free, where no budget is set

    /// <summary>Divides the memory.</summary>
    /// <param name="options">The budgets.</param>
    /// <param name="freeBefore">Free device memory before the weights were loaded, in bytes.</param>
    /// <param name="freeAfter">Free device memory after that.</param>
    /// <param name="workspaceBytes">What computation takes: <see cref="WorkspaceFor"/>.</param>
    /// <exception cref="InvalidOperationException">Nothing is left for a KV cache.</exception>
    public static DeviceMemory Plan(EngineOptions options, long freeBefore, long freeAfter, long workspaceBytes)
    {
        long budget = Math.Min(options.DeviceMemoryBytes ?? (long)(freeBefore * UsedShare), freeBefore);
        long left = budget - (freeBefore - freeAfter) - workspaceBytes;
        return left > 0
            ? new DeviceMemory(Math.Min(left, options.KvCacheBytes))
            : throw new InvalidOperationException(
                $"The weights take {freeBefore - freeAfter:N0} bytes and the computation {workspaceBytes:N0}: of DeviceMemoryBytes ({budget:N0}) nothing is left for a KV cache. Raise it, or import the model with fewer bits.");
    }

    /// <summary>Bytes that the computation takes beside weights and KV cache.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Chunks and slots.</param>
    /// <param name="kvType">Type of the KV cache, which is that of the activations.</param>
    public static long WorkspaceFor(ModelManifest model, EngineOptions options, TensorElementType kvType)
    {
        if (kvType != TensorElementType.Float)
        {
            return WorkspaceBytes;
        }

        // A chunk in the longest slot, or a decode of all slots of a class: each head of each row meets the whole slot.
        IReadOnlyList<KvShape> shapes = KvShape.Fit(model, options, kvType, long.MaxValue);
        long longest = shapes[^1].SlotTokens;
        long places = Math.Max(Math.Min(options.PrefillChunkTokens, longest) * longest, shapes.Max(shape => (long)shape.Slots * shape.SlotTokens));
        return WorkspaceBytes + (ScoreCopies * sizeof(float) * model.HeadCount * places);
    }
}
