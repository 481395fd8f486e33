using System.Text.Json.Nodes;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;

namespace Granary.Models.Tests.TinyModels;

/// <summary>A random model of any configuration, as a Hugging Face folder.</summary>
internal sealed class TinyModel : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("granary-tiny-");

    /// <param name="config">Keys that differ from a small llama.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="type">Type of the tensors.</param>
    /// <param name="stackedExperts">Whether experts come as transformers 5 stacks them.</param>
    public TinyModel(JsonObject? config = null, int seed = 1, string type = "F32", bool stackedExperts = false)
    {
        Folder = Path.Combine(_parent.FullName, "tiny");
        Directory.CreateDirectory(Folder);
        foreach (var (key, value) in config ?? [])
        {
            Config[key] = value?.DeepClone();
        }

        var json = JsonFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(Config.ToJsonString()));
        var decoder = ArchitectureRegistry.For(json).Describe(ModelConfig.Read(json), _ => stackedExperts);
        var random = new Random(seed);
        foreach (var part in decoder.Tensors())
        {
            if (!Tensors.ContainsKey(part.Tensor))
            {
                Tensors[part.Tensor] = new TinyTensor(type, part.Shape, Fill(random, part));
            }
        }
    }

    public string Folder { get; }

    public string WeightsPath => Path.Combine(Folder, "model.safetensors");

    public JsonObject Config { get; } = new()
    {
        ["model_type"] = "llama",
        ["hidden_size"] = 32,
        ["intermediate_size"] = 48,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 2,
        ["num_key_value_heads"] = 1,
        ["head_dim"] = 16,
        ["vocab_size"] = 64,
        ["max_position_embeddings"] = 128,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["eos_token_id"] = 2,
    };

    public Dictionary<string, TinyTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes config.json and model.safetensors.</summary>
    public TinyModel Save()
    {
        SaveConfig();
        SafetensorsWriter.Write(WeightsPath, Tensors);
        return this;
    }

    /// <summary>Writes config.json and two shards with an index.</summary>
    public TinyModel SaveSharded()
    {
        SaveConfig();
        var map = new JsonObject();
        foreach (var (shard, index) in Tensors.Chunk((Tensors.Count + 1) / 2).Select((shard, index) => (shard, index)))
        {
            var name = $"model-0000{index + 1}-of-00002.safetensors";
            SafetensorsWriter.Write(Path.Combine(Folder, name), shard);
            foreach (var (tensor, _) in shard)
            {
                map[tensor] = name;
            }
        }

        SaveIndex(map);
        return this;
    }

    public void SaveIndex(JsonObject map) =>
        File.WriteAllText(Path.Combine(Folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());

    public void SaveConfig() => File.WriteAllText(Path.Combine(Folder, "config.json"), Config.ToJsonString());

    public void Dispose() => _parent.Delete(recursive: true);

    private static float[] Fill(Random random, MatrixRef part)
    {
        var values = new float[part.Shape.Aggregate(1L, (product, dimension) => product * dimension)];
        var norm = part.Tensor.Contains("norm", StringComparison.Ordinal);
        for (var i = 0; i < values.Length; i++)
        {
            // Sum of uniforms: near enough to a normal distribution.
            var normal = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
            values[i] = norm ? 1 + (0.2f * normal) : 0.3f * normal;
        }

        return values;
    }
}
