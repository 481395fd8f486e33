using System.IO.Pipelines;
using Granary.Engine.Stages;
using Granary.Engine.Tests.Golden;
using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;
using Granary.Models.Catalog;
using Granary.Shards;

namespace Granary.Engine.Tests.Stages;

/// <summary>A replica of several stages gives the tokens that one stage gives, which are Hugging Face's.</summary>
public sealed class StagedEngineTests(ImportedModels models)
{
    private const int LongReply = 200; // tokens, of the 256 that the golden models have room for

    public static TheoryData<string, int> Cuts =>
        new([.. GoldenEngineTests.Architectures.Select(row => (row.Data, 2)), ("llama", 4), ("qwen3_moe", 4)]);

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task GenerateAsync_in_stages_and_chunks_equals_golden(string name, int stages)
    {
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync(name);
        await using StagedModel model = await StartAsync(name, stages, new EngineOptions { Slots = 2, PrefillChunkTokens = 5, Threads = 1, Niceness = 0 });

        // Each prompt three times: more than there are slots, so that some wait and some are moved.
        await CheckAsync(model.Engine, [.. prompts, .. prompts, .. prompts]);
    }

    [Theory]
    [InlineData(HiddenFormat.Fp16)]
    [InlineData(HiddenFormat.Int8)]
    public async Task GenerateAsync_rounded_on_the_way_agrees_with_golden_where_it_is_clear(HiddenFormat format)
    {
        int agreed = 0;
        int compared = 0;
        foreach (string name in (string[])["llama", "qwen3"])
        {
            await using StagedModel model = await StartAsync(name, 4, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0 }, format);
            foreach (GoldenPrompt prompt in await GoldenFile.ReadGoldenAsync(name))
            {
                int[] got = (await model.Engine.CompleteAsync(Request(prompt))).Tokens;
                agreed += got.Zip(prompt.Greedy).TakeWhile(pair => pair.First == pair.Second).Count();
                compared += got.Length;
            }

            Assert.True(model.Link.Bytes > 0);
        }

        double share = agreed / (double)compared;
        Assert.True(share > (format == HiddenFormat.Fp16 ? 0.9 : 0.3), $"{share:P1} of the tokens agree up to the first that does not.");
    }

    [Theory]
    [InlineData(WeightKind.Int8)]
    [InlineData(WeightKind.BFloat16)]
    public async Task GenerateAsync_narrow_weights_in_stages_equals_one_stage(WeightKind weights)
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("qwen3_moe"), weights);
        GoldenPrompt[] prompts = await GoldenFile.ReadGoldenAsync("qwen3_moe");
        await using StagedModel staged = await StagedModel.StartAsync(model, 3, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0 });
        await using StagedModel whole = await StagedModel.StartAsync(model, 1, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0 });
        foreach (GoldenPrompt prompt in prompts)
        {
            Assert.Equal((await whole.Engine.CompleteAsync(Request(prompt))).Tokens, (await staged.Engine.CompleteAsync(Request(prompt))).Tokens);
        }
    }

    [Fact]
    public async Task GenerateAsync_second_turn_reuses_keys_and_values_of_all_stages()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("llama")).MaxBy(prompt => prompt.Ids.Length)!;
        await using StagedModel model = await StartAsync("llama", 4, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0, KvBlockTokens = 8 });
        int half = prompt.Greedy.Length / 2;
        int[] first = (await model.Engine.CompleteAsync(Request(prompt, half))).Tokens;
        long computed = model.Engine.Status.PromptTokens;
        Assert.Equal(prompt.Greedy[..half], first);

        EngineRequest second = Request(prompt, prompt.Greedy.Length - half) with { Prompt = (int[])[.. prompt.Ids, .. first] };
        Assert.Equal(prompt.Greedy[half..], (await model.Engine.CompleteAsync(second)).Tokens);
        Assert.True(model.Engine.Status.PromptTokens - computed < prompt.Ids.Length, "The prompt was computed again.");
    }

    [Fact]
    public async Task ExportAsync_of_stages_goes_on_in_one_stage_and_back()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("qwen2")).MinBy(prompt => prompt.Ids.Length)!;
        await using StagedModel staged = await StartAsync("qwen2", 2, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0, KvBlockTokens = 8 });
        await using StagedModel whole = await StartAsync("qwen2", 1, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0, KvBlockTokens = 8 });
        int[] stayed = (await whole.Engine.CompleteAsync(Request(prompt, LongReply))).Tokens;
        Assert.Equal(prompt.Greedy, stayed[..prompt.Greedy.Length]);

        Assert.Equal(stayed, await MoveAsync(prompt, staged.Engine, whole.Engine));
        Assert.Equal(stayed, await MoveAsync(prompt, whole.Engine, staged.Engine));
    }

    [Fact]
    public async Task GenerateAsync_lost_stage_fails_retryably_and_engine_counts_as_stuck()
    {
        GoldenPrompt prompt = (await GoldenFile.ReadGoldenAsync("llama"))[0];
        await using StagedModel model = await StartAsync("llama", 2, new EngineOptions { Slots = 2, Threads = 1, Niceness = 0 }, lanes: 1);
        await model.Engine.CompleteAsync(Request(prompt));
        Assert.False(model.Engine.Status.IsStuck);

        model.Link.Failure = new IOException("The silo is gone.");
        GranaryException error = await Assert.ThrowsAsync<GranaryException>(() => model.Engine.CompleteAsync(Request(prompt)));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.True(model.Engine.Status.IsStuck);

        // Even if the stage comes back: it may lack keys and values.
        model.Link.Failure = null;
        error = await Assert.ThrowsAsync<GranaryException>(() => model.Engine.CompleteAsync(Request(prompt)));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task RunAsync_step_that_is_not_the_next_is_refused()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("llama"));
        ISegmentGraphs graphs = ModelSegments.Open(model);
        var options = new EngineOptions { Slots = 2, Threads = 1, Niceness = 0 };
        PipelineLayout layout = PipelinePlanner.Plan(model.Manifest, [new(0, 1), new(1, 4)], options, lanes: 1, HiddenFormat.Fp32);
        await using IStage stage = await StageLoader.LoadAsync(graphs, layout, 1, options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var step = new StageStep
        {
            Lane = 0, Number = 1, FirstSlot = 0, TokensPerRow = 3, Pasts = [0], Format = HiddenFormat.Fp32, Hidden = new byte[3 * model.Manifest.HiddenSize * sizeof(float)],
        };
        Assert.Equal(model.Manifest.HiddenSize * sizeof(float), (await stage.RunAsync(step)).Hidden.Length); // the last stage gives the last token alone
        GranaryException error = await Assert.ThrowsAsync<GranaryException>(() => stage.RunAsync(step with { Number = 3 }));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        await stage.RunAsync(step with { Number = 2 });
    }

    [Fact]
    public async Task Cut_balances_weights_and_gives_the_first_stage_the_ends()
    {
        ISegmentGraphs graphs = ModelSegments.Open(await models.OpenAsync(ImportedModels.DemoSource));
        long[] layers = [.. graphs.Layers.Select(layer => layer.WeightBytes)];
        for (int stages = 1; stages <= layers.Length; stages++)
        {
            IReadOnlyList<LayerRange> cut = PipelinePlanner.Cut(graphs, stages);
            Assert.Equal(stages, cut.Count);
            Assert.Equal(layers.Length, cut.Sum(stage => stage.Count));
            Assert.All(cut.Zip(cut.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
            Assert.Equal(cut.Min(stage => stage.Count), cut[0].Count);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => PipelinePlanner.Cut(graphs, layers.Length + 1));
    }

    private async Task<StagedModel> StartAsync(string name, int stages, EngineOptions options, HiddenFormat format = HiddenFormat.Fp32, int? lanes = null) =>
        await StagedModel.StartAsync(await models.OpenAsync(ImportedModels.GoldenSource(name)), stages, options, format, lanes);

    private static async Task CheckAsync(IEngine engine, GoldenPrompt[] asked)
    {
        Generation[] got = await Task.WhenAll(asked.Select(prompt => engine.CompleteAsync(Request(prompt))));
        Assert.Equal(asked.Select(prompt => prompt.Greedy), got.Select(generation => generation.Tokens));
    }

    private static async Task<int[]> MoveAsync(GoldenPrompt prompt, IEngine from, IEngine to)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await MoveOnceAsync(prompt, from, to);
            }
            catch (GranaryException e) when (e.Code == ErrorCode.InvalidRequest && attempt < 50)
            {
                // It may have ended before its last part was written.
            }
        }
    }

    private static async Task<int[]> MoveOnceAsync(GoldenPrompt prompt, IEngine from, IEngine to)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0)); // holds all that is written
        Task? export = null;
        await foreach (EngineOutput _ in from.GenerateAsync(Request(prompt, LongReply) with { RequestId = "moved" }))
        {
            export ??= from.ExportAsync("moved", pipe.Writer.AsStream(leaveOpen: true));
        }

        await export!;
        await pipe.Writer.CompleteAsync();
        List<int> tokens = [];
        await foreach (EngineOutput output in to.ImportAsync(pipe.Reader.AsStream()))
        {
            tokens.AddRange(output.Tokens);
        }

        return [.. tokens];
    }

    private static EngineRequest Request(GoldenPrompt prompt, int? maxTokens = null) => new()
    {
        RequestId = "golden",
        Prompt = prompt.Ids,
        Sampling = new SamplingParameters { Temperature = 0, MaxTokens = maxTokens ?? prompt.Greedy.Length, IgnoreEndOfSequence = true },
    };
}
