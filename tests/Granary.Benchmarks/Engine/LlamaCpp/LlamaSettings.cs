namespace Granary.Benchmarks.Engine.LlamaCpp;

/// <summary>Settings of llama.cpp that change its speed; its best figure over them counts.</summary>
/// <param name="FlashAttention">Whether attention runs fused.</param>
/// <param name="UnifiedKv">Whether all sequences share one buffer of keys and values, rather than having one each.</param>
/// <param name="MicroBatch">Most tokens of one pass through the graph.</param>
/// <param name="Threads">Threads of a pass.</param>
internal sealed record LlamaSettings(bool FlashAttention, bool UnifiedKv, int MicroBatch, int Threads)
{
    /// <summary>The settings to try; the first two have won every figure so far, and do when there is little time.</summary>
    public static IEnumerable<LlamaSettings> All(int threads, bool quick)
    {
        LlamaSettings[] all =
        [
            new(FlashAttention: true, UnifiedKv: false, MicroBatch: 512, threads),
            new(FlashAttention: true, UnifiedKv: true, MicroBatch: 512, threads),
            new(FlashAttention: false, UnifiedKv: false, MicroBatch: 512, threads),
            new(FlashAttention: true, UnifiedKv: true, MicroBatch: 128, threads),
        ];
        return all.Take(quick ? 2 : all.Length);
    }
}
