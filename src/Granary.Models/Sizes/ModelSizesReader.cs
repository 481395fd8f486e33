using Granary.Deployments;
using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Checkpoints;

namespace Granary.Models.Sizes;

/// <summary>What the parts of an imported model take in memory, by its configuration: nothing is loaded for it.</summary>
public static class ModelSizesReader
{
    private const int Float = sizeof(float);

    /// <summary>Reads the configuration that was imported with the model.</summary>
    /// <param name="manifest">The model.</param>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="ModelFormatException">The configuration is damaged.</exception>
    public static ModelSizes Read(ModelManifest manifest, string folder)
    {
        var json = JsonFile.Read(Path.Combine(folder, "config.json"));
        var config = ModelConfig.Read(json);
        var decoder = ArchitectureRegistry.For(json).Describe(config, static _ => false);
        var experts = decoder.Layers.Select(layer => layer.FeedForward).OfType<MoeFeedForward>().FirstOrDefault()?.Experts.Count ?? 0;
        var sizes = new ModelSizes
        {
            EndsBytes = Bytes(manifest, ModelPart.Embedding, decoder.Embedding)
                + Bytes(manifest, ModelPart.Norms, decoder.FinalNorm)
                + (decoder.Head == decoder.Embedding ? 0 : Bytes(manifest, ModelPart.Head, decoder.Head)),
            LayerBytes = [.. decoder.Layers.Select(layer => LayerBytes(manifest, layer))],
            ExpertBytes = [.. decoder.Layers.Select(layer => layer.FeedForward is MoeFeedForward moe ? ExpertBytes(manifest, moe.Experts[0]) : 0)],
            Experts = experts,
            KvBytesPerLayer = 2L * manifest.KvHeadCount * manifest.HeadDim * (manifest.Device == ModelDevices.Cpu ? Float : sizeof(short)),
            MaxPositions = manifest.MaxPositions,
            CanBeCut = manifest.Device == ModelDevices.Cpu && File.Exists(Path.Combine(folder, ModelFiles.Tensors)),
        };
        return manifest.Weights is "int8" or "w8a8" or "int4" ? Scaled(sizes, manifest) : sizes;
    }

    /// <summary>What blocks, their scales and parts that cannot be narrowed come to differs with a model's shape: the file has the sum.</summary>
    private static ModelSizes Scaled(ModelSizes sizes, ModelManifest manifest)
    {
        var tables = 2L * manifest.MaxPositions * (manifest.HeadDim / 2) * Float;
        if (!manifest.FileBytes.TryGetValue(ModelFiles.Data, out var file) || file <= tables)
        {
            return sizes;
        }

        var factor = (double)(file - tables) / sizes.TotalBytes;
        return sizes with
        {
            EndsBytes = (long)(sizes.EndsBytes * factor),
            LayerBytes = [.. sizes.LayerBytes.Select(bytes => (long)(bytes * factor))],
            ExpertBytes = [.. sizes.ExpertBytes.Select(bytes => (long)(bytes * factor))],
        };
    }

    private static long LayerBytes(ModelManifest manifest, DecoderLayer layer)
    {
        var attention = layer.Attention;
        Linear[] linears = [attention.Query, attention.Key, attention.Value, attention.Output];
        MatrixRef?[] norms = [layer.InputNorm, layer.PostAttentionNorm, attention.QueryNorm, attention.KeyNorm];
        return linears.Sum(linear => Bytes(manifest, ModelPart.Attention, linear.Weight) + Bytes(manifest, ModelPart.Norms, linear.Bias))
            + norms.Sum(norm => Bytes(manifest, ModelPart.Norms, norm))
            + layer.FeedForward switch
            {
                DenseFeedForward dense => new[] { dense.Gate, dense.Up, dense.Down }.Sum(linear => Bytes(manifest, ModelPart.FeedForward, linear.Weight)),
                MoeFeedForward moe => Bytes(manifest, ModelPart.Router, moe.Router.Weight),
                _ => 0,
            };
    }

    private static long ExpertBytes(ModelManifest manifest, Expert expert) =>
        new[] { expert.Gate, expert.Up, expert.Down }.Sum(matrix => Bytes(manifest, ModelPart.Experts, matrix));

    private static long Bytes(ModelManifest manifest, ModelPart part, MatrixRef? matrix) =>
        matrix is null ? 0 : (long)((double)matrix.Rows * matrix.Columns * BytesPerWeight(manifest, part));

    // Narrow floats are widened when a graph for the processor is loaded, but for the embedding, whose rows are.
    private static double BytesPerWeight(ModelManifest manifest, ModelPart part) => manifest.KeptWide.Contains(part.Name(), StringComparer.Ordinal) ? Float : manifest.Weights switch
    {
        "int8" or "w8a8" => 1 + ScaleBytes(manifest),
        "int4" => 0.5 + ScaleBytes(manifest),
        "fp16" or "bf16" when manifest.Device != ModelDevices.Cpu || part == ModelPart.Embedding => sizeof(short),
        _ => Float,
    };

    private static double ScaleBytes(ModelManifest manifest) => (double)Float / (manifest.BlockLength ?? 32);
}
