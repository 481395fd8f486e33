using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;
using Granary.Models.Onnx;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Synthesis;

/// <summary>Writes a model of a known shape with random weights as a Hugging Face folder.</summary>
public static class SyntheticFolder
{
    /// <summary>In a config.json: the weights are not in the folder, they are made up from this seed.</summary>
    internal const string SeedKey = "granary_synthetic_seed";

    private const int BlockElements = 1 << 18;

    /// <summary>Writes config.json and tokenizer, and the weights in bf16 if they are wanted.</summary>
    /// <param name="model">The shape.</param>
    /// <param name="seed">Seed of the weights, from 0: the same seed gives the same model.</param>
    /// <param name="folder">The folder; it is created, and files of these names are overwritten.</param>
    /// <param name="withWeights">Whether model.safetensors is written. Without it the folder takes a few megabytes and only Granary can import it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Write(SyntheticModel model, int seed, string folder, bool withWeights, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        var config = model.Config.DeepClone().AsObject();
        if (!withWeights)
        {
            config[SeedKey] = seed;
        }

        var vocabulary = (int)config["vocab_size"]!;
        var path = Path.Combine(folder, "config.json");
        WriteJson(path, config);
        WriteJson(Path.Combine(folder, "generation_config.json"), new() { ["eos_token_id"] = SyntheticTokenizer.EndOfTurn });
        WriteJson(Path.Combine(folder, "tokenizer.json"), SyntheticTokenizer.Create(vocabulary));
        WriteJson(Path.Combine(folder, "tokenizer_config.json"), SyntheticTokenizer.CreateConfig());
        if (withWeights)
        {
            using var tensors = new SyntheticTensors(seed);
            var json = JsonFile.Read(path);
            var decoder = ArchitectureRegistry.For(json).Describe(ModelConfig.Read(json), tensors.Contains);
            WriteWeights(Path.Combine(folder, "model.safetensors"), decoder, tensors, cancellationToken);
        }
    }

    private static void WriteWeights(string path, Decoder decoder, SyntheticTensors tensors, CancellationToken cancellationToken)
    {
        var parts = decoder.Tensors().DistinctBy(part => part.Tensor, StringComparer.Ordinal).ToList();
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var offset = 0L;
        foreach (var part in parts)
        {
            var bytes = Elements(part) * sizeof(ushort);
            header[part.Tensor] = new JsonObject
            {
                ["dtype"] = "BF16",
                ["shape"] = new JsonArray([.. part.Shape.Select(dimension => JsonValue.Create(dimension))]),
                ["data_offsets"] = new JsonArray(offset, offset + bytes),
            };
            offset += bytes;
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(length);
        file.Write(text);
        var values = new float[BlockElements];
        var halves = new ushort[BlockElements];
        foreach (var part in parts)
        {
            tensors.Require(part.Tensor, part.Shape);
            var elements = Elements(part);
            for (var first = 0L; first < elements; first += BlockElements)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = (int)Math.Min(BlockElements, elements - first);
                tensors.Read(part.Tensor, first, values.AsSpan(0, count));
                NarrowFloats.TryConvert(OnnxType.BFloat16, values.AsSpan(0, count), halves);
                file.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, count)));
            }
        }
    }

    private static long Elements(MatrixRef part) => part.Shape.Aggregate(1L, (product, dimension) => product * dimension);

    private static void WriteJson(string path, JsonObject json) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(json));
}
