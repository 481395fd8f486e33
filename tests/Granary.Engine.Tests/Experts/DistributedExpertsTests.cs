using System.Collections.Concurrent;
using Granary.Engine.Tests.Golden;
using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;
using Granary.Models.Catalog;
using Granary.Shards;

namespace Granary.Engine.Tests.Experts;

/// <summary>Experts in several places give the tokens that they give in one, which are Hugging Face's.</summary>
public sealed class DistributedExpertsTests(ImportedModels models)
{
    [Theory]
    [InlineData("mixtral", 1)]
    [InlineData("mixtral", 2)]
    [InlineData("qwen3_moe", 1)]
    [InlineData("qwen3_moe", 4)]
    public async Task GenerateAsync_experts_on_three_destinations_equals_golden(string name, int stages)
    {
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync(name);
        await using DistributedModel model = await StartAsync(name, 3, (set, id) => id.Expert % 3 == set, stages);
        var asked = new ConcurrentDictionary<int, bool>();
        model.Link.OnRun = (destination, _) => asked[destination] = true;
        Generation[] got = await Task.WhenAll(prompts.Select(prompt => model.Engine.CompleteAsync(Request(prompt))));
        Assert.Equal(prompts.Select(prompt => prompt.Greedy), got.Select(generation => generation.Tokens));
        Assert.Equal([1, 2], asked.Keys.Order()); // what is here is not sent
    }

    [Theory]
    [InlineData(WeightKind.Int8)]
    [InlineData(WeightKind.Int4)]
    [InlineData(WeightKind.Fp16)]
    public async Task GenerateAsync_narrow_experts_agree_with_those_in_place(WeightKind weights)
    {
        ImportedModel imported = await models.OpenAsync(ImportedModels.GoldenSource("qwen3_moe"), weights);
        await using IEngine whole = await EngineLoader.LoadAsync(
            imported.Manifest, imported.Folder, new ToyTokenizer(imported.Manifest.VocabularySize), new EngineOptions { Slots = 1, Threads = 1, Niceness = 0 }, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await using DistributedModel model = await DistributedModel.StartAsync(imported, 2, (set, id) => id.Expert % 2 == set);
        int agreed = 0;
        int compared = 0;
        foreach (GoldenPrompt prompt in await GoldenFile.ReadGoldenAsync("qwen3_moe"))
        {
            int[] expected = (await whole.CompleteAsync(Request(prompt))).Tokens;
            int[] got = (await model.Engine.CompleteAsync(Request(prompt))).Tokens;
            agreed += got.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count();
            compared += expected.Length;
        }

        Assert.True(agreed >= 0.9 * compared, $"{agreed} of {compared} tokens agree up to the first that does not.");
    }

    [Fact]
    public async Task GenerateAsync_destination_that_fails_is_replaced_by_the_next_within_the_step()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("qwen3_moe"))[0];
        await using DistributedModel model = await StartAsync("qwen3_moe", 3, (set, id) => set == 0 ? id.Expert % 2 == 0 : id.Expert % 2 == 1);
        int calls = 0;
        int failures = 0;
        model.Link.OnRun = (destination, _) =>
        {
            if (destination == 1 && Interlocked.Increment(ref calls) > 5)
            {
                failures++;
                throw new IOException("The silo is gone.");
            }
        };
        Assert.Equal(prompt.Greedy, (await model.Engine.CompleteAsync(Request(prompt))).Tokens);
        Assert.True(failures > 0);
    }

    [Fact]
    public async Task GenerateAsync_expert_that_nobody_has_waits_for_a_repaired_placement()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("mixtral"))[0];
        await using DistributedModel model = await StartAsync("mixtral", 2, (set, id) => set == id.Expert % 2);
        int calls = 0;
        var repaired = new List<ExpertId>();
        model.Link.OnRun = (_, _) =>
        {
            if (Interlocked.Increment(ref calls) > 7)
            {
                throw new IOException("The silo is gone.");
            }
        };
        model.Link.OnRepair = async failed =>
        {
            repaired.AddRange(failed);
            await model.Sets[0].ChangeAsync([.. model.Sets[0].Experts, .. model.Sets[1].Experts]);
        };
        Assert.Equal(prompt.Greedy, (await model.Engine.CompleteAsync(Request(prompt))).Tokens);
        Assert.NotEmpty(repaired);
        Assert.All(repaired, id => Assert.Equal(1, id.Expert % 2));
    }

    [Fact]
    public async Task GenerateAsync_experts_that_do_not_come_back_fail_retryably()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("mixtral"))[0];
        await using DistributedModel model = await StartAsync("mixtral", 2, (set, id) => set == id.Expert % 2);
        model.Link.OnRun = (_, _) => throw new IOException("The silo is gone.");
        GranaryException error = await Assert.ThrowsAsync<GranaryException>(() => model.Engine.CompleteAsync(Request(prompt)));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.True(model.Engine.Status.IsStuck);
    }

    [Fact]
    public async Task ChangeAsync_experts_move_while_a_stream_goes_on()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("qwen3_moe"))[0];
        await using DistributedModel model = await StartAsync("qwen3_moe", 2, (set, id) => set == id.Expert % 2);
        List<int> tokens = [];
        int moves = 0;
        await foreach (EngineOutput output in model.Engine.GenerateAsync(Request(prompt)))
        {
            tokens.AddRange(output.Tokens);
            if (tokens.Count / 6 > moves)
            {
                // First the new home, then the placement, then the old home gives up.
                int shift = ++moves % 2;
                ExpertId[] all = [.. model.Sets[0].Experts, .. model.Sets[1].Experts];
                foreach (int set in (int[])[0, 1])
                {
                    await model.Sets[set].ChangeAsync(all);
                }

                model.Link.Update();
                foreach (int set in (int[])[0, 1])
                {
                    await model.Sets[set].ChangeAsync([.. all.Where(id => (id.Expert + shift) % 2 == set)]);
                }

                model.Link.OnRepair = _ => Task.CompletedTask;
                model.Link.Update();
            }
        }

        Assert.Equal(prompt.Greedy, tokens);
        Assert.True(moves > 1);
    }

    [Fact]
    public async Task Loads_count_every_choice_of_every_token()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("mixtral"))[0];
        ImportedModel imported = await models.OpenAsync(ImportedModels.GoldenSource("mixtral"));
        ISegmentGraphs graphs = ModelSegments.Open(imported);
        await using DistributedModel model = await StartAsync("mixtral", 1, (_, _) => true);
        await model.Engine.CompleteAsync(Request(prompt));
        IReadOnlyDictionary<ExpertId, long> loads = model.Loads.Read(reset: true);
        long computed = prompt.Ids.Length + prompt.Greedy.Length - 1;
        foreach (int layer in Enumerable.Range(0, graphs.Layers.Count))
        {
            Assert.Equal(computed * graphs.Layers[layer].ChosenExperts, loads.Where(load => load.Key.Layer == layer).Sum(load => load.Value));
        }

        Assert.Empty(model.Loads.Read(reset: false));
    }

    private async Task<DistributedModel> StartAsync(string name, int sets, Func<int, ExpertId, bool> holds, int stages = 1) =>
        await DistributedModel.StartAsync(await models.OpenAsync(ImportedModels.GoldenSource(name)), sets, holds, stages);

    private static EngineRequest Request(GoldenPrompt prompt) => new()
    {
        RequestId = "golden",
        Prompt = prompt.Ids,
        Sampling = new SamplingParameters { Temperature = 0, MaxTokens = prompt.Greedy.Length, IgnoreEndOfSequence = true },
    };
}
