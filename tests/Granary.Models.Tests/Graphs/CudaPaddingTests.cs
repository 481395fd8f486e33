using Granary.Models.Catalog;

namespace Granary.Models.Tests.Graphs;

/// <summary>The fp32 graph for a GPU, run on the CPU as the engine runs it on a GPU: chunks padded to a length, batches padded with the slots that follow.</summary>
public sealed class CudaPaddingTests(GoldenModels models) : IClassFixture<GoldenModels>
{
    private const int SlotLength = 64; // 33 + 24 tokens and the one behind them
    private const int ChunkTokens = 9;
    private const int ChunkLength = 16;

    public static TheoryData<string> Names => GoldenGraphTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Graph_paddedChunksAndBatches_givesGoldenTokensAndHarmsNoSlot(string name)
    {
        using var imported = await models.ImportAsync(name, TestContext.Current.CancellationToken, device: ModelDevices.Cuda);
        var prompts = (await GoldenModels.ReferenceAsync(name, TestContext.Current.CancellationToken)).Prompts;
        var idle = prompts.Length; // the slot behind theirs holds the last prompt once more, and pads each batch
        using var model = new OrtModel(imported, idle + 1, SlotLength);
        var firsts = prompts.Append(prompts[^1]).Select((prompt, slot) => Prefill(model, slot, prompt.Ids)).ToArray();
        Assert.All(prompts.Zip(firsts), pair => GoldenGraphTests.AssertClose(pair.First.LastLogits, pair.Second));

        var tokens = prompts.Zip(firsts).Select(pair => new List<int> { OrtModel.Best(pair.Second) }).ToArray();
        var held = prompts[^1].Ids.Length;
        for (var step = 0; step < prompts[0].Greedy.Length - 1; step++)
        {
            long[][] next = [.. tokens.Select(sequence => new long[] { sequence[^1] }), [0]];
            var logits = model.Run(next, [.. prompts.Select(prompt => prompt.Ids.Length + step), held]);
            for (var i = 0; i < tokens.Length; i++)
            {
                tokens[i].Add(OrtModel.Best(logits[i]));
            }
        }

        Assert.All(prompts.Zip(tokens), pair => Assert.Equal(pair.First.Greedy, pair.Second));
        Assert.Equal(prompts[^1].Greedy, model.Greedy(firsts[idle], held, prompts[^1].Greedy.Length, idle));
    }

    [Fact]
    public async Task Graph_fullSlot_padsBehindItsLastToken()
    {
        using var imported = await models.ImportAsync("llama", TestContext.Current.CancellationToken, device: ModelDevices.Cuda);
        using var model = new OrtModel(imported, slots: 2, SlotLength);
        long[] full = [.. Enumerable.Range(0, SlotLength - 1).Select(i => (long)((i * 37 + 5) % 512))];
        model.Run([full], [0], slot: 1);
        var before = model.Run([[7]], [full.Length - 1], slot: 1)[0]; // its last token once more, as another
        model.Run([[9], [0]], [0, full.Length]);
        Assert.Equal(before, model.Run([[7]], [full.Length - 1], slot: 1)[0]);
    }

    private static float[] Prefill(OrtModel model, int slot, long[] prompt)
    {
        var past = 0;
        float[] logits = [];
        foreach (var chunk in prompt.Chunk(ChunkTokens))
        {
            logits = model.Run([[.. chunk, .. new long[ChunkLength - chunk.Length]]], [past], slot, [chunk.Length - 1])[0];
            past += chunk.Length;
        }

        return logits;
    }
}
