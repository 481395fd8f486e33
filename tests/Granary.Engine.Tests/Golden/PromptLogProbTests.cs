using System.Text.Json;
using Granary.Engine.Evaluation;
using Granary.Engine.Tests.Stages;
using Granary.Models;
using Granary.Models.Catalog;

namespace Granary.Engine.Tests.Golden;

/// <summary>Log-probabilities of a prompt's tokens are Hugging Face's, however the prompt is computed.</summary>
public sealed class PromptLogProbTests(ImportedModels models)
{
    private const double Tolerance = 2e-3;

    [Theory]
    [MemberData(nameof(GoldenEngineTests.Architectures), MemberType = typeof(GoldenEngineTests))]
    public async Task GenerateAsync_golden_models_score_their_continuations_as_golden(string name)
    {
        foreach (int chunk in (int[])[256, 5])
        {
            await using IEngine engine = await models.StartGoldenAsync(name, new EngineOptions { Slots = 4, PrefillChunkTokens = chunk });
            await CheckAsync(name, engine);
        }
    }

    [Theory]
    [InlineData("llama", 2)]
    [InlineData("qwen3_moe", 4)]
    public async Task GenerateAsync_in_stages_scores_as_golden(string name, int stages)
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource(name));
        await using StagedModel staged = await StagedModel.StartAsync(model, stages, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0 });
        await CheckAsync(name, staged.Engine);
    }

    [Fact]
    public async Task GenerateAsync_demo_model_scores_a_text_as_transformers()
    {
        using var reference = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(ImportedModels.DemoSource, "reference.json"), TestContext.Current.CancellationToken));
        JsonElement sample = reference.RootElement.GetProperty("perplexity_sample");
        int[] window = [.. sample.GetProperty("windows")[0].EnumerateArray().Select(token => token.GetInt32())];
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 2, SlotTokens = window.Length });

        EngineOutput scored = Assert.Single(await ReadAsync(engine, window, maxTokens: 0));

        Assert.Equal((FinishReason.Length, 0, ""), (scored.FinishReason!.Value, scored.Tokens.Length, scored.Text));
        Assert.Equal((window.Length, 0, 0), (scored.Usage!.PromptTokens, scored.Usage.CachedTokens, scored.Usage.OutputTokens));
        Assert.Equal(sample.GetProperty("window_mean_nll")[0].GetDouble(), -scored.PromptLogProbs!.Skip(1).Average(place => (double)place.Chosen.LogProb), 1e-4);
    }

    /// <summary>
    /// Prompts with the continuation behind them, at the same time as others decode: of the first token of the continuation transformers' whole row is known, of each how far it was ahead of the
    /// second best; of all places what another pass over the graph says, which transformers confirm elsewhere.
    /// </summary>
    private async Task CheckAsync(string name, IEngine engine)
    {
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync(name);
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource(name));
        using var losses = TextLoss.Load(model.Manifest, model.Folder, 64);
        List<EngineOutput>[] all = await Task.WhenAll(prompts.Select(async prompt =>
        {
            Task<List<EngineOutput>> other = ReadAsync(engine, prompt.Ids, maxTokens: 24);
            List<EngineOutput> scored = await ReadAsync(engine, [.. prompt.Ids, .. prompt.Greedy], maxTokens: 3);
            Assert.Equal(prompt.Greedy, (await other).SelectMany(output => output.Tokens));
            return scored;
        }));
        foreach ((GoldenPrompt prompt, List<EngineOutput> outputs) in prompts.Zip(all))
        {
            int[] tokens = [.. prompt.Ids, .. prompt.Greedy];
            TokenLogProbs[] places = outputs[0].PromptLogProbs!;
            Assert.All(outputs.Skip(1), output => Assert.Null(output.PromptLogProbs));
            Assert.Equal(tokens, places.Select(place => place.Chosen.Token));
            Assert.Equal((0f, 0), (places[0].Chosen.LogProb, places[0].Top.Length));
            Assert.All(losses.Measure(tokens).Index(), loss => Assert.Equal(-loss.Item, places[loss.Index + 1].Chosen.LogProb, Tolerance));

            double total = Math.Log(prompt.LastLogits.Sum(logit => Math.Exp(logit)));
            TokenLogProbs first = places[prompt.Ids.Length];
            Assert.All(first.Top, candidate => Assert.Equal(prompt.LastLogits[candidate.Token] - total, candidate.LogProb, Tolerance));
            Assert.Equal(prompt.LastLogits[prompt.Greedy[0]] - total, first.Chosen.LogProb, Tolerance);
            Assert.All(places[prompt.Ids.Length..].Index(), place =>
            {
                Assert.Equal(place.Item.Chosen.Token, place.Item.Top[0].Token);
                Assert.Equal(prompt.Margins[place.Index], place.Item.Top[0].LogProb - place.Item.Top[1].LogProb, Tolerance);
            });
        }
    }

    private static async Task<List<EngineOutput>> ReadAsync(IEngine engine, int[] prompt, int maxTokens)
    {
        List<EngineOutput> outputs = [];
        var request = new EngineRequest
        {
            RequestId = "scored",
            Prompt = prompt,
            Sampling = new SamplingParameters { Temperature = 0, MaxTokens = maxTokens, IgnoreEndOfSequence = true, TopLogProbs = 5 },
            ScoresPrompt = true,
        };
        await foreach (EngineOutput output in engine.GenerateAsync(request))
        {
            outputs.Add(output);
        }

        return outputs;
    }
}
