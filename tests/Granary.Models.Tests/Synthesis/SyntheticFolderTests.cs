using System.Text.Json.Nodes;
using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Checkpoints;
using Granary.Models.Synthesis;
using Granary.Models.Tests.Graphs;
using Granary.Models.Tokenization;

namespace Granary.Models.Tests.Synthesis;

/// <summary>Models made up of random weights are models like others.</summary>
public sealed class SyntheticFolderTests : IDisposable
{
    private static readonly SyntheticModel Small = new("small", "", new JsonObject
    {
        ["model_type"] = "qwen2",
        ["hidden_size"] = 64,
        ["intermediate_size"] = 96,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["vocab_size"] = 400,
        ["max_position_embeddings"] = 64,
        ["rms_norm_eps"] = 1e-6,
        ["eos_token_id"] = 258,
        ["tie_word_embeddings"] = true,
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-synth-");

    public static TheoryData<string> Names => [.. SyntheticModel.All.Select(model => model.Name)];

    [Fact]
    public async Task Import_withAndWithoutWrittenWeights_givesTheSameLogits()
    {
        var made = await LogitsAsync("made", seed: 3, withWeights: false);
        var written = await LogitsAsync("written", seed: 3, withWeights: true);
        var other = await LogitsAsync("other", seed: 4, withWeights: false);

        Assert.Equal(made, written);
        Assert.NotEqual(made, other);
        Assert.All(made, logit => Assert.True(float.IsFinite(logit)));
        Assert.InRange(Math.Sqrt(made.Average(logit => logit * logit)), 1, 10);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Config_ofEveryShape_isOneOfAKnownArchitecture(string name)
    {
        var model = SyntheticModel.All.Single(known => known.Name == name);
        var json = JsonFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(model.Config.ToJsonString()));
        var decoder = ArchitectureRegistry.For(json).Describe(ModelConfig.Read(json), _ => false);
        var parameters = decoder.Tensors().Sum(part => (double)part.Rows * part.Columns);
        Assert.InRange(parameters / 1e9, name switch { "qwen2.5-0.5b" => 0.40, "llama-1b" => 1.5, "llama-8b" => 8.0, _ => 0.5 }, name switch { "qwen2.5-0.5b" => 0.41, "llama-1b" => 1.6, "llama-8b" => 8.1, _ => 0.7 });
    }

    [Fact]
    public void Tokenizer_ofAnySize_decodesEveryIdAndEncodesText()
    {
        SyntheticFolder.Write(Small, seed: 1, _folder.FullName, withWeights: false, TestContext.Current.CancellationToken);
        var tokenizer = HuggingFaceTokenizer.Load(_folder.FullName);
        Assert.Equal(400, tokenizer.VocabularySize);
        Assert.Equal("Grüße!", tokenizer.Decode(tokenizer.Encode("Grüße!")));
        Assert.All(Enumerable.Range(259, 400 - 259), id => Assert.Equal($" w{id}", tokenizer.Decode([id])));
        Assert.Equal([257, 258], tokenizer.Encode("<|im_start|><|im_end|>"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<float[]> LogitsAsync(string name, int seed, bool withWeights)
    {
        var source = Path.Combine(_folder.FullName, "sources", name);
        SyntheticFolder.Write(Small, seed, source, withWeights, TestContext.Current.CancellationToken);
        var catalog = new ModelCatalog(Path.Combine(_folder.FullName, "catalog"));
        await catalog.ImportAsync(new ImportRequest { Source = source, Weights = WeightKind.Int4 }, progress: null, TestContext.Current.CancellationToken);
        using var imported = catalog.Open(name);
        using var model = new OrtModel(imported, slots: 1, slotLength: 64);
        return model.Run([[5, 300, 17]], [0])[0];
    }
}
