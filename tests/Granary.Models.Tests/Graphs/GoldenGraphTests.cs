using Granary.Models.Catalog;

namespace Granary.Models.Tests.Graphs;

/// <summary>The graphs give Hugging Face transformers' logits. Relative error: largest difference over the largest logit in size.</summary>
public sealed class GoldenGraphTests(GoldenModels models) : IClassFixture<GoldenModels>
{
    private const float Tolerance = 1e-4f;
    private const int SlotLength = 128;

    public static TheoryData<string> Names => ["llama", "llama_rope3", "llama_linear", "llama_yarn", "llama_yarn2", "llama_dynamic", "mistral", "mistral_sw", "qwen2", "qwen3", "mixtral", "qwen3_moe"];

    // The fp32 graph for a GPU runs on the CPU, too.
    public static TheoryData<string, string> Graphs => new(from name in Names from device in ModelDevices.Names select (name.Data, device));

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Graph_prefillThenDecode_givesGoldenLogitsAndTokens(string name, string device)
    {
        using var imported = await models.ImportAsync(name, TestContext.Current.CancellationToken, device: device);
        using var model = new OrtModel(imported, slots: 1, SlotLength);
        foreach (var prompt in (await GoldenModels.ReferenceAsync(name, TestContext.Current.CancellationToken)).Prompts)
        {
            var logits = model.Run([prompt.Ids], [0])[0];
            AssertClose(prompt.LastLogits, logits);
            Assert.Equal(prompt.Greedy, model.Greedy(logits, prompt.Ids.Length, prompt.Greedy.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Graph_promptInChunks_givesGoldenLogitsAndTokens(string name, string device)
    {
        using var imported = await models.ImportAsync(name, TestContext.Current.CancellationToken, device: device);
        using var model = new OrtModel(imported, slots: 3, SlotLength);
        var prompt = (await GoldenModels.ReferenceAsync(name, TestContext.Current.CancellationToken)).Prompts[^1];
        var past = 0;
        float[] logits = [];
        foreach (var chunk in prompt.Ids.Chunk(9))
        {
            logits = model.Run([chunk], [past], slot: 1)[0];
            past += chunk.Length;
        }

        AssertClose(prompt.LastLogits, logits);
        Assert.Equal(prompt.Greedy, model.Greedy(logits, past, prompt.Greedy.Length, slot: 1));
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Graph_batchOfMixedPasts_givesWhatEachSequenceGivesAlone(string name, string device)
    {
        using var imported = await models.ImportAsync(name, TestContext.Current.CancellationToken, device: device);
        using var model = new OrtModel(imported, slots: 3, SlotLength);
        var prompts = (await GoldenModels.ReferenceAsync(name, TestContext.Current.CancellationToken)).Prompts;
        var tokens = prompts.Select((prompt, slot) => new List<int> { OrtModel.Best(model.Run([prompt.Ids], [0], slot)[0]) }).ToArray();
        for (var step = 0; step < 23; step++)
        {
            var pasts = prompts.Select(prompt => prompt.Ids.Length + step).ToArray();
            var logits = model.Run([.. tokens.Select(sequence => new long[] { sequence[^1] })], pasts);
            for (var i = 0; i < tokens.Length; i++)
            {
                tokens[i].Add(OrtModel.Best(logits[i]));
            }
        }

        Assert.All(prompts.Zip(tokens), pair => Assert.Equal(pair.First.Greedy, pair.Second));
    }

    [Fact]
    public async Task Graph_logitRows_selectsRowsInTheOrderAsked()
    {
        using var imported = await models.ImportAsync("qwen3", TestContext.Current.CancellationToken);
        using var model = new OrtModel(imported, slots: 1, SlotLength);
        long[] ids = [5, 6, 7, 8];
        var all = model.Run([ids], [0], rows: [0, 1, 2, 3]);
        var some = model.Run([ids], [0], rows: [3, 1]);
        Assert.Empty(model.Run([ids], [0], rows: []));
        AssertClose(all[3], some[0]);
        AssertClose(all[1], some[1]);
        Assert.NotEqual(all[1], all[3]);
    }

    internal static void AssertClose(float[] expected, float[] actual, float tolerance = Tolerance)
    {
        var largest = expected.Max(Math.Abs);
        var difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference <= tolerance * largest, $"relative error {difference / largest:e2}");
    }
}
