using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests.Golden;

/// <summary>The demo model through the engine gives the replies of its reference.json.</summary>
public sealed class DemoEngineTests(ImportedModels models)
{
    [Fact]
    public async Task GenerateAsync_alone_and_together_equals_reference()
    {
        ReferencePrompt[] prompts = await GoldenFile.ReadDemoAsync();
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 4, SlotTokens = 256, PrefillChunkTokens = 32 });

        foreach (ReferencePrompt prompt in prompts)
        {
            await Check(engine, prompt);
        }

        await Task.WhenAll(prompts.Concat(prompts).Select(prompt => Check(engine, prompt)));
    }

    [Fact]
    public async Task GenerateAsync_seed_gives_same_text_alone_and_in_a_batch()
    {
        ReferencePrompt[] prompts = await GoldenFile.ReadDemoAsync();
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 5, SlotTokens = 256 });
        var sampling = new SamplingParameters { Temperature = 0.8f, TopK = 40, TopP = 0.9f, Seed = 17, MaxTokens = 24 };
        EngineRequest[] requests = [.. prompts.Select(prompt => new EngineRequest { RequestId = "seed", Prompt = prompt.TokenIds, Sampling = sampling })];
        List<string> alone = [];
        foreach (EngineRequest request in requests)
        {
            alone.Add((await engine.CompleteAsync(request)).Text);
        }

        Generation[] together = await Task.WhenAll(requests.Select(request => engine.CompleteAsync(request)));
        Assert.Equal(alone, together.Select(generation => generation.Text));
    }

    private static async Task Check(IEngine engine, ReferencePrompt prompt)
    {
        Generation got = await engine.CompleteAsync(new EngineRequest
        {
            RequestId = "reference",
            Prompt = prompt.TokenIds,
            Sampling = new SamplingParameters { Temperature = 0, MaxTokens = prompt.GreedyContinuationIds.Length },
        });
        Assert.Equal(prompt.GreedyContinuationIds, got.Tokens);
        Assert.Equal(prompt.GreedyText.Replace("<|im_end|>", "", StringComparison.Ordinal), got.Text);
    }
}
