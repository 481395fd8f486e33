using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests.Golden;

/// <summary>The engine's greedy continuations equal Hugging Face's, token for token, however they are scheduled.</summary>
public sealed class GoldenEngineTests(ImportedModels models)
{
    public static TheoryData<string> Architectures =>
        ["llama", "llama_rope3", "llama_linear", "llama_yarn", "llama_yarn2", "llama_dynamic", "mistral", "mistral_sw", "qwen2", "qwen3", "mixtral", "qwen3_moe"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task GenerateAsync_alone_equals_golden(string name)
    {
        await using IEngine engine = await models.StartGoldenAsync(name, new EngineOptions { Slots = 1 });
        foreach (GoldenPrompt prompt in await GoldenFile.ReadGoldenAsync(name))
        {
            Assert.Equal(prompt.Greedy, (await engine.CompleteAsync(Request(prompt))).Tokens);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task GenerateAsync_in_chunks_and_together_equals_golden(string name)
    {
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync(name);
        foreach (int chunk in (int[])[1, 5, 16])
        {
            await using IEngine engine = await models.StartGoldenAsync(name, new EngineOptions { Slots = 4, PrefillChunkTokens = chunk });

            // Each prompt three times: more than there are slots, so that some wait and some are moved.
            GoldenPrompt[] asked = [.. prompts, .. prompts, .. prompts];
            Generation[] got = await Task.WhenAll(asked.Select(prompt => engine.CompleteAsync(Request(prompt))));
            Assert.Equal(asked.Select(prompt => prompt.Greedy), got.Select(generation => generation.Tokens));
        }
    }

    [Fact]
    public async Task GenerateAsync_sequences_of_all_lengths_come_and_go_equal_golden()
    {
        var random = new Random(5);
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync("qwen3_moe");
        await using IEngine engine = await models.StartGoldenAsync("qwen3_moe", new EngineOptions { Slots = 3, PrefillChunkTokens = 8 });
        (GoldenPrompt Prompt, int Tokens, int? LeaveAfter)[] asked =
            [.. Enumerable.Range(0, 40).Select(i => (prompts[i % 3], random.Next(1, 25), random.Next(3) == 0 ? random.Next(1, 10) : (int?)null))];

        int[][] got = await Task.WhenAll(asked.Select(async ask =>
        {
            List<int> tokens = [];
            await foreach (EngineOutput output in engine.GenerateAsync(Request(ask.Prompt, ask.Tokens)))
            {
                tokens.AddRange(output.Tokens);
                if (tokens.Count >= ask.LeaveAfter)
                {
                    break;
                }
            }

            return tokens.ToArray();
        }));

        for (int i = 0; i < asked.Length; i++)
        {
            Assert.Equal(asked[i].Prompt.Greedy[..got[i].Length], got[i]);
            Assert.True(asked[i].LeaveAfter is not null || got[i].Length == asked[i].Tokens);
        }
    }

    private static EngineRequest Request(GoldenPrompt prompt, int? maxTokens = null) => new()
    {
        RequestId = "golden",
        Prompt = prompt.Ids,
        Sampling = new SamplingParameters { Temperature = 0, MaxTokens = maxTokens ?? prompt.Greedy.Length, IgnoreEndOfSequence = true },
    };
}
