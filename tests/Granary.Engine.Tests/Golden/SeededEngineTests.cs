using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests.Golden;

/// <summary>A fixed seed gives the same tokens alone and in a full batch, whatever parameter is in use, on every architecture.</summary>
public sealed class SeededEngineTests(ImportedModels models)
{
    private static readonly SamplingParameters[] Samplings =
    [
        new() { Temperature = 1 },
        new() { Temperature = 0.8f, TopK = 40, TopP = 0.9f },
        new() { Temperature = 1.3f, MinP = 0.05f },
        new() { Temperature = 1, RepetitionPenalty = 1.2f, PresencePenalty = 0.5f, FrequencyPenalty = 0.5f },
        new() { Temperature = 1, LogitBias = [new(5, 3), new(7, -100)], MinTokens = 20 },
        new() { Temperature = 1, TopP = 0.95f, TopLogProbs = 5 },
    ];

    [Theory]
    [MemberData(nameof(GoldenEngineTests.Architectures), MemberType = typeof(GoldenEngineTests))]
    public async Task GenerateAsync_golden_models_alone_and_together(string name)
    {
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync(name);
        await using IEngine engine = await models.StartGoldenAsync(name, new EngineOptions { Slots = Samplings.Length, PrefillChunkTokens = 7 });
        await CheckAsync(engine, prompts[0].Ids);
    }

    [Fact]
    public async Task GenerateAsync_demo_model_alone_and_together()
    {
        ReferencePrompt[] prompts = await GoldenFile.ReadDemoAsync();
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = Samplings.Length, SlotTokens = 256 });
        foreach (ReferencePrompt prompt in prompts)
        {
            await CheckAsync(engine, prompt.TokenIds);
        }
    }

    private static async Task CheckAsync(IEngine engine, int[] prompt)
    {
        EngineRequest[] requests = [.. Samplings.Select((sampling, seed) => new EngineRequest
        {
            RequestId = $"seed {seed}",
            Prompt = prompt,
            Sampling = sampling with { Seed = seed, MaxTokens = 24 },
        })];
        List<Generation> alone = [];
        foreach (EngineRequest request in requests)
        {
            alone.Add(await engine.CompleteAsync(request));
        }

        Generation[] together = await Task.WhenAll(requests.Select(request => engine.CompleteAsync(request)));
        Assert.Equal(alone.Select(generation => generation.Tokens), together.Select(generation => generation.Tokens));
        Assert.Equal(alone.Select(generation => generation.Text), together.Select(generation => generation.Text));
        Assert.True(alone.Select(generation => generation.Text).Distinct().Count() > 1);
    }
}
