using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests.Golden;

/// <summary>The demo model's real keys and values come back from every tier, and travel, with the tokens of its reference.json.</summary>
public sealed class DemoReuseTests(ImportedModels models) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("device")]
    [InlineData("host")]
    [InlineData("disk")]
    public async Task GenerateAsync_again_reuses_the_prompt_and_gives_the_reference(string tier)
    {
        ReferencePrompt[] prompts = [.. (await GoldenFile.ReadDemoAsync()).Where(prompt => prompt.TokenIds.Length > 9)];
        Assert.NotEmpty(prompts);
        EngineOptions options = Options(tier == "device" ? TimeSpan.FromHours(1) : TimeSpan.Zero);
        options.KvDiskFolder = tier == "disk" ? _folder.FullName : "";
        IEngine engine = await models.StartDemoAsync(options);
        try
        {
            foreach (ReferencePrompt prompt in prompts)
            {
                await ReadAsync(engine, prompt);
            }

            if (tier == "disk")
            {
                await engine.DisposeAsync();
                engine = await models.StartDemoAsync(options);
            }

            foreach (ReferencePrompt prompt in prompts)
            {
                (int[] tokens, int cached) = await ReadAsync(engine, prompt);
                Assert.Equal(prompt.GreedyContinuationIds, tokens);
                Assert.True(cached >= 8, $"{cached} of {prompt.TokenIds.Length} tokens");
            }
        }
        finally
        {
            await engine.DisposeAsync();
        }
    }

    [Fact]
    public async Task ImportAsync_goes_on_as_an_undisturbed_run_does()
    {
        ReferencePrompt prompt = (await GoldenFile.ReadDemoAsync())[0];
        EngineRequest request = Request(prompt) with { Sampling = new() { Temperature = 0, MaxTokens = 180, IgnoreEndOfSequence = true } }; // long, so that it runs when it is exported
        await using IEngine from = await models.StartDemoAsync(Options(TimeSpan.FromHours(1)));
        await using IEngine to = await models.StartDemoAsync(Options(TimeSpan.FromHours(1)));
        int[] undisturbed = (await to.CompleteAsync(request with { CacheSalt = "another" })).Tokens;
        var stream = new MemoryStream();
        Task? export = null;
        List<int> tokens = [];
        await foreach (EngineOutput output in from.GenerateAsync(request))
        {
            tokens.AddRange(output.Tokens);
            export ??= from.ExportAsync("reference", stream);
        }

        await export!;
        stream.Position = 0;
        await foreach (EngineOutput output in to.ImportAsync(stream))
        {
            Assert.Equal(output.FirstIndex == 0 ? 0 : tokens.Count, output.FirstIndex);
            tokens = [.. tokens[..output.FirstIndex], .. output.Tokens];
        }

        Assert.Equal(undisturbed, tokens);
    }

    private static EngineOptions Options(TimeSpan retain) =>
        new() { Slots = 4, SlotTokens = 256, KvBlockTokens = 8, KvHostBytes = 64 << 20, KvRetainFor = retain };

    private static EngineRequest Request(ReferencePrompt prompt) => new()
    {
        RequestId = "reference",
        Prompt = prompt.TokenIds,
        Sampling = new SamplingParameters { Temperature = 0, MaxTokens = prompt.GreedyContinuationIds.Length },
    };

    private static async Task<(int[] Tokens, int Cached)> ReadAsync(IEngine engine, ReferencePrompt prompt)
    {
        List<int> tokens = [];
        int cached = 0;
        await foreach (EngineOutput output in engine.GenerateAsync(Request(prompt)))
        {
            tokens.AddRange(output.Tokens);
            cached = output.Usage?.CachedTokens ?? 0;
        }

        return ([.. tokens], cached);
    }
}
