using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Models.Catalog;
using Granary.Models.Tests.Oracle;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Graphs;

/// <summary>
/// Graphs of narrow weights give the logits that the oracle computes with the same weights, and for int8, w8a8 and int4 the same activations, rounded
/// by the textbook: quantiser, packing and operators are right.
/// </summary>
public sealed class NarrowGraphTests(GoldenModels models) : IClassFixture<GoldenModels>
{
    private static readonly WeightKind[] Kinds = [WeightKind.Fp16, WeightKind.BFloat16, WeightKind.Int8, WeightKind.W8A8, WeightKind.Int4];

    // Experts are written differently for old and new versions.
    private static readonly Version[] Runtimes = [.. new[] { ImportRequest.OldestRuntime, OrtModel.Runtime }.Distinct()];

    public static TheoryData<string, WeightKind> Golden => [.. from name in GoldenGraphTests.Names from kind in Kinds select (name.Data, kind)];

    public static TheoryData<string, string, WeightKind> Odd => [.. from row in OracleGraphTests.Configurations where !row.Data.Item3 from kind in Kinds select (row.Data.Item1, row.Data.Item2, kind)];

    [Theory]
    [MemberData(nameof(Golden))]
    public async Task Graph_goldenModelNarrowed_givesTheOraclesLogits(string name, WeightKind kind)
    {
        var folder = GoldenModels.Source(name);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "config.json"), TestContext.Current.CancellationToken))!.AsObject();
        config["head_dim"] ??= (int)config["hidden_size"]! / (int)config["num_attention_heads"]!;
        config["num_experts"] ??= config["num_local_experts"]?.DeepClone();
        var prompt = (await GoldenModels.ReferenceAsync(name, TestContext.Current.CancellationToken)).Prompts[^1];
        foreach (var runtime in Runtimes)
        {
            using var imported = await models.ImportAsync(name, TestContext.Current.CancellationToken, kind, runtime);
            AssertOracle(imported, kind, config, OracleWeights.Read(folder), prompt.Ids);
        }
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Graph_randomModelNarrowed_givesTheOraclesLogits(string config, string type, WeightKind kind)
    {
        using var tiny = new TinyModel(JsonNode.Parse(config)!.AsObject(), seed: 7, type).Save();
        var catalog = new ModelCatalog(Path.Combine(tiny.Folder, "..", "catalog"));
        foreach (var runtime in Runtimes)
        {
            await catalog.ImportAsync(new ImportRequest { Source = tiny.Folder, Weights = kind, Runtime = runtime, Replace = true }, progress: null, TestContext.Current.CancellationToken);
            using var imported = catalog.Open("tiny");
            AssertOracle(imported, kind, tiny.Config, tiny.Tensors, [.. Enumerable.Range(0, 40).Select(i => (long)(((i * 37) + 5) % 64))]);
        }
    }

    private static void AssertOracle(ImportedModel imported, WeightKind kind, JsonObject config, Dictionary<string, TinyTensor> tensors, long[] ids)
    {
        if (kind == WeightKind.W8A8 && (bool?)config["tie_word_embeddings"] == true)
        {
            // The head is stored by row, the embedding in blocks: two matrices.
            config = config.DeepClone().AsObject();
            config["tie_word_embeddings"] = false;
            tensors = new(tensors, StringComparer.Ordinal) { ["lm_head.weight"] = tensors["model.embed_tokens.weight"] };
        }

        var int8Activations = kind is WeightKind.Int8 or WeightKind.W8A8 or WeightKind.Int4;
        var blocks = new OracleBlocks(imported.Manifest, config);
        var narrowed = OracleWeights.Narrowed(tensors, kind, imported.Manifest.KeptWide, blocks);
        var oracle = new OracleDecoder(config, narrowed, (tensor, input) =>
            int8Activations && !imported.Manifest.KeptWide.Contains(OracleWeights.PartOf(tensor)) ? OracleWeights.Int8Activations(input, blocks.Of(tensor, input.Length)) : input);
        using var model = new OrtModel(imported, slots: 1, slotLength: 96);
        var actual = model.Run([ids], [0], rows: [.. Enumerable.Range(0, ids.Length).Select(row => (long)row)]);
        var errors = oracle.Logits(ids).Zip(actual, RelativeError).Order().ToList();

        // An activation that lies between two int8 steps may be rounded either way, and positions after it see that: the first ones are exact.
        var (exact, near) = int8Activations ? (errors[0], errors[errors.Count * 9 / 10]) : (errors[^1], 0);
        Assert.True(exact < 1e-4 && near < 0.05, $"relative errors by position: {string.Join(", ", errors.Select(error => error.ToString("e1", CultureInfo.InvariantCulture)))}");
    }

    private static double RelativeError(float[] expected, float[] actual) => expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);
}
