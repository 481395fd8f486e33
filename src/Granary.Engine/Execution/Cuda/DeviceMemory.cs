namespace Granary.Engine.Execution.Cuda;

/// <summary>How much of a GPU's memory an engine may take for its KV cache once the weights are there.</summary>
/// <param name="KvCacheBytes">Bytes for the KV cache.</param>
internal readonly record struct DeviceMemory(long KvCacheBytes)
{
    // Activations, attention scratch and CUDA graphs; grows with the chunk, and this holds for chunks of some thousand tokens.
    private const long WorkspaceBytes = 1L << 30;

    private const double UsedShare = 0.9; // of what was free, where no budget is set

    /// <summary>Divides the memory.</summary>
    /// <param name="options">The budgets.</param>
    /// <param name="freeBefore">Free device memory before the weights were loaded, in bytes.</param>
    /// <param name="freeAfter">Free device memory after that.</param>
    /// <exception cref="InvalidOperationException">Nothing is left for a KV cache.</exception>
    public static DeviceMemory Plan(EngineOptions options, long freeBefore, long freeAfter)
    {
        long budget = Math.Min(options.DeviceMemoryBytes ?? (long)(freeBefore * UsedShare), freeBefore);
        long left = budget - (freeBefore - freeAfter) - WorkspaceBytes;
        return left > 0
            ? new DeviceMemory(Math.Min(left, options.KvCacheBytes))
            : throw new InvalidOperationException(
                $"The weights take {freeBefore - freeAfter:N0} bytes and the computation {WorkspaceBytes:N0}: of DeviceMemoryBytes ({budget:N0}) nothing is left for a KV cache. Raise it, or import the model with fewer bits.");
    }
}
