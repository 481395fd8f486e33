using System.Text.Json.Nodes;
using Granary.Models.Catalog;
using Granary.Models.Checkpoints;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Oracle;

/// <summary>What a model's weights are worth after they were narrowed, by the textbook and in doubles.</summary>
internal static class OracleWeights
{
    /// <summary>The tensors of a Hugging Face folder.</summary>
    public static Dictionary<string, TinyTensor> Read(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        var shapes = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tensors.json")))!.AsObject();
        return shapes.ToDictionary(entry => entry.Key, entry =>
        {
            long[] shape = [.. entry.Value![1]!.AsArray().Select(dimension => (long)dimension!)];
            var values = new float[shape.Aggregate(1L, (product, dimension) => product * dimension)];
            checkpoint.Read(entry.Key, 0, values);
            return new TinyTensor("F32", shape, values);
        });
    }

    /// <summary>The matrices, but those of parts that are kept wide, rounded to <paramref name="kind"/>.</summary>
    public static Dictionary<string, TinyTensor> Narrowed(IReadOnlyDictionary<string, TinyTensor> tensors, WeightKind kind, IReadOnlyCollection<string> keptWide, OracleBlocks blocks) =>
        tensors.ToDictionary(
            entry => entry.Key,
            entry => entry.Value.Shape.Length == 1 || keptWide.Contains(PartOf(entry.Key)) ? entry.Value : entry.Value with { Type = "F32", Values = Narrowed(entry.Key, entry.Value, kind, blocks) },
            StringComparer.Ordinal);

    /// <summary>Activations as MatMulNBits takes them at accuracy level 4: int8 with a scale for each of the matrix's blocks, of which a matrix of w8a8 has one a row.</summary>
    public static double[] Int8Activations(double[] input, int blockLength) =>
        [.. input.Chunk(blockLength).SelectMany(block =>
        {
            var step = block.Max(Math.Abs) / 127;
            return block.Select(value => step == 0 ? 0 : step * Math.Round(value / step));
        })];

    /// <summary>The part that a tensor belongs to, as manifests name it.</summary>
    public static string PartOf(string tensor) => tensor switch
    {
        _ when tensor.Contains("embed_tokens", StringComparison.Ordinal) => "embedding",
        _ when tensor.StartsWith("lm_head", StringComparison.Ordinal) => "lm_head",
        _ when tensor.Contains(".experts.", StringComparison.Ordinal) => "experts",
        _ when tensor.EndsWith(".gate.weight", StringComparison.Ordinal) => "router",
        _ when tensor.Contains("self_attn", StringComparison.Ordinal) => "attention",
        _ => "mlp",
    };

    private static float[] Narrowed(string name, TinyTensor tensor, WeightKind kind, OracleBlocks blocks) => kind switch
    {
        WeightKind.Fp16 => [.. tensor.Rounded().Select(value => (float)(Half)value)],
        WeightKind.BFloat16 => [.. tensor.Rounded().Select(BFloat16)],
        WeightKind.Int8 or WeightKind.W8A8 => Blocks(tensor, 128, blocks.Of(name, (int)tensor.Shape[^1])),
        WeightKind.Int4 => Blocks(tensor, 8, blocks.Of(name, (int)tensor.Shape[^1])),
        _ => tensor.Rounded(),
    };

    private static float[] Blocks(TinyTensor tensor, int zero, int length) =>
        [.. tensor.Rounded().Chunk((int)tensor.Shape[^1]).SelectMany(row => row.Chunk(length)).SelectMany(block =>
        {
            var step = block.MaxBy(Math.Abs) / -zero;
            return block.Select(value => step == 0 ? 0 : (float)(step * Math.Clamp(Math.Floor((value / (double)step) + 0.5), -zero, zero - 1)));
        })];

    // The nearest multiple of the last place, by arithmetic rather than by bits.
    private static float BFloat16(float value)
    {
        if (value == 0)
        {
            return 0;
        }

        var place = Math.Pow(2, Math.ILogB(value) - 7);
        return (float)(Math.Round(value / place, MidpointRounding.ToEven) * place);
    }
}
