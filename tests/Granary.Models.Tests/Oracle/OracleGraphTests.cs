using System.Text.Json.Nodes;
using Granary.Models.Catalog;
using Granary.Models.Tests.Graphs;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Oracle;

/// <summary>Graphs of random models of odd configurations give the oracle's logits at every position.</summary>
public sealed class OracleGraphTests
{
    private const string Moe = "\"num_experts\":5,\"num_experts_per_tok\":2,\"moe_intermediate_size\":24,\"decoder_sparse_step\":1,\"mlp_only_layers\":[],\"norm_topk_prob\":true";

    public static TheoryData<string, string, bool> Configurations => new()
    {
        { "{}", "F32", false },
        { "{}", "F16", false },
        { "{\"tie_word_embeddings\":true}", "BF16", false },
        { "{\"num_attention_heads\":3,\"num_key_value_heads\":1,\"head_dim\":16,\"hidden_size\":40}", "F32", false },
        { "{\"num_attention_heads\":5,\"num_key_value_heads\":5,\"head_dim\":48,\"hidden_size\":24}", "F32", false },
        { "{\"attention_bias\":true,\"mlp_bias\":true,\"num_hidden_layers\":3}", "F32", false },
        { "{\"rope_scaling\":{\"type\":\"linear\",\"factor\":2.5}}", "F32", false },
        { "{\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2}}", "F32", false },
        { "{\"rope_parameters\":{\"rope_type\":\"llama3\",\"rope_theta\":500.0,\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,\"original_max_position_embeddings\":32}}", "F32", false },
        { "{\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":32,\"beta_fast\":4}}", "F32", false },
        { "{\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":64,\"truncate\":false,\"mscale\":0.7,\"mscale_all_dim\":1.3}}", "F32", false },
        { "{\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":32,\"attention_factor\":0.8}}", "F32", false },
        { "{\"model_type\":\"mistral\",\"sliding_window\":5}", "F32", false },
        { "{\"model_type\":\"mistral\",\"sliding_window\":1}", "F32", false },
        { "{\"model_type\":\"qwen2\",\"use_sliding_window\":true,\"sliding_window\":7,\"max_window_layers\":1}", "BF16", false },
        { "{\"model_type\":\"qwen2\",\"use_sliding_window\":false,\"sliding_window\":7,\"max_window_layers\":1}", "F32", false },
        { "{\"model_type\":\"qwen3\",\"attention_bias\":true,\"num_attention_heads\":6,\"num_key_value_heads\":2,\"head_dim\":32}", "F32", false },
        { "{\"model_type\":\"mixtral\",\"num_local_experts\":5,\"num_experts_per_tok\":3,\"sliding_window\":6}", "F32", false },
        { "{\"model_type\":\"mixtral\",\"num_local_experts\":5,\"num_experts_per_tok\":2}", "BF16", true },
        { $"{{\"model_type\":\"qwen3_moe\",{Moe}}}", "F32", false },
        { $"{{\"model_type\":\"qwen3_moe\",{Moe}}}", "BF16", true },
        { $"{{\"model_type\":\"qwen3_moe\",\"hidden_size\":64,{Moe.Replace(":24", ":96", StringComparison.Ordinal)}}}", "F32", false },
        { $"{{\"model_type\":\"qwen3_moe\",{Moe.Replace("true", "false", StringComparison.Ordinal)}}}", "F32", false },
        { $"{{\"model_type\":\"qwen3_moe\",{Moe.Replace("\"num_experts_per_tok\":2", "\"num_experts_per_tok\":1", StringComparison.Ordinal)}}}", "F32", false },
        { $"{{\"model_type\":\"qwen3_moe\",\"num_hidden_layers\":4,{Moe.Replace("step\":1", "step\":2", StringComparison.Ordinal).Replace("[]", "[3]", StringComparison.Ordinal)}}}", "F32", false },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task Graph_randomModel_givesTheOraclesLogits(string config, string type, bool stackedExperts)
    {
        using var tiny = new TinyModel(JsonNode.Parse(config)!.AsObject(), seed: 7, type, stackedExperts).Save();
        var catalog = new ModelCatalog(Path.Combine(tiny.Folder, "..", "catalog"));
        var random = new Random(11);
        var ids = Enumerable.Range(0, 45).Select(_ => (long)random.Next(64)).ToArray();
        var expected = new OracleDecoder(tiny.Config, tiny.Tensors).Logits(ids);
        foreach (var device in ModelDevices.Names) // the CPU runs the fp32 graph for a GPU, too
        {
            await catalog.ImportAsync(new ImportRequest { Source = tiny.Folder, Device = device, Replace = true }, progress: null, TestContext.Current.CancellationToken);
            using var imported = catalog.Open("tiny");
            AssertLogits(imported, ids, expected);
        }
    }

    [Theory]
    [InlineData("llama_rope3")]
    [InlineData("mistral_sw")]
    [InlineData("qwen2")]
    [InlineData("mixtral")]
    [InlineData("qwen3_moe")]
    public async Task Oracle_goldenModel_givesItsLogits(string name)
    {
        var folder = GoldenModels.Source(name);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "config.json"), TestContext.Current.CancellationToken))!.AsObject();
        config["head_dim"] ??= (int)config["hidden_size"]! / (int)config["num_attention_heads"]!;
        config["num_experts"] ??= config["num_local_experts"]?.DeepClone();
        var oracle = new OracleDecoder(config, OracleWeights.Read(folder));
        foreach (var prompt in (await GoldenModels.ReferenceAsync(name, TestContext.Current.CancellationToken)).Prompts)
        {
            GoldenGraphTests.AssertClose(prompt.LastLogits, oracle.Logits(prompt.Ids)[^1]);
        }
    }

    // A prompt of 20, a chunk of 15 on top of it, ten steps of one token.
    private static void AssertLogits(ImportedModel imported, long[] ids, float[][] expected)
    {
        using var model = new OrtModel(imported, slots: 2, slotLength: 64);
        var actual = new List<float[]>();
        foreach (var length in new[] { 20, 15 }.Concat(Enumerable.Repeat(1, 10)))
        {
            var chunk = ids[actual.Count..(actual.Count + length)];
            actual.AddRange(model.Run([chunk], [actual.Count], slot: 1, rows: [.. Enumerable.Range(0, length).Select(row => (long)row)]));
        }

        for (var position = 0; position < ids.Length; position++)
        {
            GoldenGraphTests.AssertClose(expected[position], actual[position]);
        }
    }
}
