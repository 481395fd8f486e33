using Granary.Models;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Gpu;

/// <summary>The shortest time of a decode: all weights and all keys and values are read once.</summary>
internal static class ByteFloor
{
    /// <summary>Milliseconds.</summary>
    /// <param name="model">Its weights count once, without the embedding, of which a step reads its rows alone.</param>
    /// <param name="weights">How they are stored.</param>
    /// <param name="kvBytes">Keys and values of the batch.</param>
    /// <param name="copyBytesPerSecond">Measured copy bandwidth, bytes read and written.</param>
    public static double Milliseconds(ModelManifest model, WeightKind weights, long kvBytes, double copyBytesPerSecond)
    {
        var read = model.ParameterCount - ((long)model.VocabularySize * model.HiddenSize);
        return 1e3 * ((read * BytesOf(weights)) + kvBytes) / copyBytesPerSecond;
    }

    // Blocks of 32 share a scale of 2 bytes.
    private static double BytesOf(WeightKind weights) => weights switch
    {
        WeightKind.Int4 => 0.5 + (2.0 / 32),
        WeightKind.Int8 => 1 + (2.0 / 32),
        WeightKind.Fp32 => 4,
        _ => 2,
    };
}
