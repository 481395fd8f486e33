using Granary.Engine.Tests.Kv;
using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests;

/// <summary>Log-probabilities of prompts and outputs of no tokens through the whole engine, over <see cref="ToyRunner"/>.</summary>
public sealed class PromptScoreTests
{
    private const int Top = 3;

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(32)]
    public async Task GenerateAsync_scored_prompt_is_right_in_chunks_of_any_size(int rows)
    {
        foreach (int length in (int[])[1, 2, 7, 16, 17, 60])
        {
            int[] prompt = PrefixReuseTests.Prompt(length, length);
            await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.MaxLogitRows = rows);
            Reply plain = await ReadAsync(toy.Engine, ToyEngine.Request(prompt, 8));

            Reply scored = await ReadAsync(toy.Engine, Scored(prompt, 8));

            CheckScores(prompt, scored);
            Assert.Equal(plain.Tokens, scored.Tokens);
            Assert.Null(plain.Scores);
        }
    }

    [Fact]
    public async Task GenerateAsync_scored_prompt_is_computed_whole_and_left_for_others()
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 100);
        await using ToyEngine toy = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        await ReadAsync(toy.Engine, ToyEngine.Request(prompt, 4));
        long computed = toy.Runner.ComputedTokens;

        Reply scored = await ReadAsync(toy.Engine, Scored(prompt, 4));
        Assert.Equal((0, 100 + 3), (scored.Last.Usage!.CachedTokens, toy.Runner.ComputedTokens - computed));
        CheckScores(prompt, scored);

        Reply next = await ReadAsync(toy.Engine, ToyEngine.Request([.. prompt, .. scored.Tokens, 5], 4));
        Assert.Equal(100 + 3, next.Last.Usage!.CachedTokens);
    }

    [Fact]
    public async Task GenerateAsync_prompt_alone_ends_without_a_token_and_fills_the_cache()
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 100);
        await using ToyEngine toy = await ToyEngine.StartAsync(PrefixReuseTests.Options());

        Reply none = await ReadAsync(toy.Engine, ToyEngine.Request(prompt, 0));

        Assert.Equal((FinishReason.Length, "", 0), (none.Last.FinishReason!.Value, none.Last.Text, none.Tokens.Length));
        Assert.Equal(new Serving.TokenUsage(100, 0, 0), none.Last.Usage);
        Assert.Equal(100, toy.Runner.ComputedTokens);
        Assert.Equal((0, 0), (toy.Engine.Status.Running, toy.Engine.Status.Waiting));
        Assert.Equal(99, (await ReadAsync(toy.Engine, ToyEngine.Request(prompt, 4))).Last.Usage!.CachedTokens);
    }

    [Fact]
    public async Task GenerateAsync_prompt_as_long_as_the_context_can_be_scored_but_not_gone_on_with()
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 128);
        await using ToyEngine toy = await ToyEngine.StartAsync();

        CheckScores(prompt, await ReadAsync(toy.Engine, Scored(prompt, 0)));

        GranaryException full = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(toy.Engine, Scored(prompt, 1)));
        GranaryException longer = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(toy.Engine, Scored([.. prompt, 1], 0)));
        GranaryException negative = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(toy.Engine, Scored([1], -1)));
        Assert.Equal((ErrorCode.ContextLengthExceeded, ErrorCode.ContextLengthExceeded), (full.Code, longer.Code));
        Assert.Equal((ErrorCode.InvalidRequest, "max_tokens"), (negative.Code, negative.Parameter));
    }

    [Fact]
    public async Task GenerateAsync_that_goes_on_scores_only_what_nobody_has()
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 40);
        await using ToyEngine toy = await ToyEngine.StartAsync();
        Reply whole = await ReadAsync(toy.Engine, Scored(prompt, 8));

        Reply unstarted = await ReadAsync(toy.Engine, Scored(prompt, 8) with { Output = ReadOnlyMemory<int>.Empty });
        Reply begun = await ReadAsync(toy.Engine, Scored(prompt, 8) with { Output = whole.Tokens.AsMemory(0, 1) });
        Reply prompts = await ReadAsync(toy.Engine, Scored(prompt, 0) with { Output = ReadOnlyMemory<int>.Empty });

        CheckScores(prompt, unstarted);
        CheckScores(prompt, prompts);
        Assert.Null(begun.Scores);
        Assert.Equal(whole.Tokens, unstarted.Tokens);
        Assert.Equal(whole.Tokens, begun.Tokens);
    }

    [Fact]
    public async Task GenerateAsync_slot_lost_in_the_middle_of_a_prompt_scores_no_token_twice()
    {
        int[] prompt = PrefixReuseTests.Prompt(3, 100);
        using var gate = new StepGate();
        var options = new EngineOptions { Slots = 1, SlotTokens = 256, MinRunTokens = 2, ParkedKvBytes = 0, PrefillChunkTokens = 32 };
        await using ToyEngine toy = await ToyEngine.StartAsync(options, new ManualTime(), runner => (runner.Before, runner.MaxLogitRows) = (gate.Pass, 16));
        Task<Reply> patient = ReadAsync(toy.Engine, Scored(prompt, 4) with { Priority = 1 });
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        await gate.LetOneRunAsync();
        Task<Reply> urgent = ReadAsync(toy.Engine, ToyEngine.Request([7, 8, 9], 10));
        gate.Open();

        CheckScores(prompt, await patient);
        Assert.Equal(10, (await urgent).Tokens.Length);
        Assert.InRange(toy.Runner.ComputedTokens, 100 + 3 + 3 + 9 + 16, 100 + 3 + 3 + 9 + 48); // some of it again
    }

    [Fact]
    public async Task GenerateAsync_logits_that_are_no_numbers_in_the_middle_of_a_prompt_fail_it_alone()
    {
        int[] prompt = PrefixReuseTests.Prompt(3, 50);
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner =>
            runner.Distort = (tokens, row) => row[5] = tokens.AsSpan().SequenceEqual(prompt.AsSpan(0, 20)) ? float.NaN : row[5]);

        GranaryException failure = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(toy.Engine, Scored(prompt, 4)));

        Assert.Equal(ErrorCode.Internal, failure.Code);
        Assert.Equal(4, (await ReadAsync(toy.Engine, ToyEngine.Request(prompt, 4))).Tokens.Length); // nobody else reads that row
        Assert.Equal((0, 0), (toy.Engine.Status.Running, toy.Engine.Status.Waiting));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    public async Task ImportAsync_of_a_prompt_that_was_half_scored_scores_all_of_it(int maxTokens)
    {
        int[] prompt = PrefixReuseTests.Prompt(3, 100);
        using var gate = new StepGate();
        await using ToyEngine source = await ToyEngine.StartAsync(InPieces(), configure: runner => (runner.Before, runner.MaxLogitRows) = (gate.Pass, 16));
        await using ToyEngine target = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        Task<Reply> before = ReadAsync(source.Engine, Scored(prompt, maxTokens));
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        await gate.LetOneRunAsync();
        var exported = new MemoryStream();
        Task export = source.Engine.ExportAsync("r100", exported);
        gate.Open();
        await export;
        Reply after = await ReadAsync(target.Engine.ImportAsync(new MemoryStream(exported.ToArray())));

        Assert.Equal((FinishReason.Moved, 0), ((await before).Last.FinishReason!.Value, (await before).Tokens.Length));
        Assert.Null((await before).Scores);
        CheckScores(prompt, after);
        Assert.Equal((FinishReason.Length, maxTokens), (after.Last.FinishReason!.Value, after.Tokens.Length));
    }

    [Fact]
    public async Task ExportAsync_of_a_half_scored_prompt_that_fails_scores_the_rest_here()
    {
        int[] prompt = PrefixReuseTests.Prompt(3, 100);
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(InPieces(), configure: runner => (runner.Before, runner.MaxLogitRows) = (gate.Pass, 16));
        Task<Reply> reading = ReadAsync(toy.Engine, Scored(prompt, 4));
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        await gate.LetOneRunAsync();
        Task export = toy.Engine.ExportAsync("r100", new Kv.Transfer.BrokenStream(failAfter: 100));
        gate.Open();

        await Assert.ThrowsAsync<IOException>(() => export);
        CheckScores(prompt, await reading);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 16, 4096)]
    [InlineData(3, 32, 1 << 20)]
    public async Task GenerateAsync_200_sequences_come_and_go_and_are_scored_as_alone(int seed, int rows, long parkedKvBytes)
    {
        var random = new Random(seed);
        var options = new EngineOptions
        {
            SlotClasses = [new() { Tokens = 64, Slots = 3 }, new() { Tokens = 128, Slots = 2 }],
            PrefillChunkTokens = 24,
            MaxWaiting = 1000,
            MinRunTokens = 2,
            PreemptionGapTokens = 20,
            ParkedKvBytes = parkedKvBytes,
            KvBlockTokens = 8,
        };
        EngineRequest[] requests = [.. Enumerable.Range(0, 200).Select(_ => Scored(PrefixReuseTests.Prompt(random.Next(4), random.Next(1, 90)), random.Next(3) * random.Next(12)) with
        {
            ScoresPrompt = random.Next(2) == 0,
            Tenant = $"t{random.Next(3)}",
            Priority = random.Next(3),
        })];
        await using ToyEngine toy = await ToyEngine.StartAsync(options, configure: runner => runner.MaxLogitRows = rows);
        Reply[] replies = await Task.WhenAll(requests.Select(request => ReadAsync(toy.Engine, request)));

        await using ToyEngine solo = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 128 });
        Assert.Contains(replies, reply => reply.Last.Usage!.CachedTokens > 0);
        foreach ((EngineRequest request, Reply reply) in requests.Zip(replies))
        {
            Assert.Equal((await ReadAsync(solo.Engine, request with { ScoresPrompt = false })).Tokens, reply.Tokens);
            if (request.ScoresPrompt)
            {
                CheckScores(request.Prompt.ToArray(), reply);
                Assert.Equal(0, reply.Last.Usage!.CachedTokens);
            }
            else
            {
                Assert.Null(reply.Scores);
            }
        }
    }

    /// <summary>Scored prompts take a step for 16 tokens.</summary>
    private static EngineOptions InPieces()
    {
        EngineOptions options = PrefixReuseTests.Options();
        options.PrefillChunkTokens = 32;
        return options;
    }

    private static EngineRequest Scored(int[] prompt, int maxTokens) =>
        ToyEngine.Request(prompt, maxTokens, new SamplingParameters { TopLogProbs = Top }) with { ScoresPrompt = true };

    /// <summary>Compares with the softmax of what the model gives for each beginning of the prompt.</summary>
    private static void CheckScores(int[] prompt, Reply reply)
    {
        TokenLogProbs[] places = reply.Scores!;
        Assert.Equal(prompt, places.Select(place => place.Chosen.Token));
        Assert.Equal(ToyTokenizer.TextOf(prompt), string.Concat(places.Select(place => place.Chosen.Text)));
        Assert.Empty(places[0].Top);
        using var runner = new ToyRunner(1, 256);
        for (int place = 1; place < prompt.Length; place++)
        {
            runner.Prefill(0, prompt.AsSpan(place - 1, 1), place - 1);
            float[] logits = runner.Logits(0).ToArray();
            double total = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            Assert.Equal(logits[prompt[place]] - total, places[place].Chosen.LogProb, 1e-5);
            Assert.Equal(logits.Index().OrderByDescending(logit => logit.Item).Take(Top).Select(logit => logit.Index), places[place].Top.Select(candidate => candidate.Token));
            Assert.All(places[place].Top, candidate => Assert.Equal(logits[candidate.Token] - total, candidate.LogProb, 1e-5));
        }
    }

    private static Task<Reply> ReadAsync(IEngine engine, EngineRequest request) => ReadAsync(engine.GenerateAsync(request));

    private static async Task<Reply> ReadAsync(IAsyncEnumerable<EngineOutput> all)
    {
        List<EngineOutput> outputs = [];
        await foreach (EngineOutput output in all)
        {
            outputs.Add(output);
        }

        EngineOutput[] scores = [.. outputs.Where(output => output.PromptLogProbs is not null)];
        Assert.True(scores.Length <= 1 && scores.All(output => output.FirstIndex == 0));
        return new Reply([.. outputs.SelectMany(output => output.Tokens)], scores.SingleOrDefault()?.PromptLogProbs, outputs[^1]);
    }

    private sealed record Reply(int[] Tokens, TokenLogProbs[]? Scores, EngineOutput Last);
}
