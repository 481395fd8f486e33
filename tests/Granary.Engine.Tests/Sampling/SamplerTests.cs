using Granary.Engine.Sampling;
using Granary.Models;

namespace Granary.Engine.Tests.Sampling;

public sealed class SamplerTests
{
    private const int Vocabulary = 257; // no multiple of a vector's width

    public static TheoryData<float, float, int, float> Settings => new()
    {
        { 1f, 1f, 0, 0f },
        { 0.3f, 1f, 0, 0f },
        { 2f, 1f, 0, 0f },
        { 1f, 1f, 1, 0f },
        { 1f, 1f, 7, 0f },
        { 1f, 1f, Vocabulary, 0f },
        { 1f, 0.9f, 0, 0f },
        { 2f, 0.999f, 0, 0f },
        { 1f, 0.01f, 0, 0f },
        { 1f, 1f, 0, 0.05f },
        { 1.5f, 0.8f, 40, 0f },
        { 0.7f, 0.95f, 20, 0.02f },
        { 1f, 0.5f, 0, 0.1f },
        { 1f, 1f, 0, 1f },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void TrySample_many_rows_equals_slow_reference(float temperature, float topP, int topK, float minP)
    {
        var sampler = new Sampler(Vocabulary);
        SamplingSettings settings = Resolve(new() { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP, Seed = 42 });
        for (int position = 0; position < 300; position++)
        {
            float[] logits = Row(position, spread: 1 + (position % 8));
            int expected = SlowSampler.Draw(SlowSampler.Distribution(logits, settings), CounterRandom.NextUnit(42, position));
            Assert.True(sampler.TrySample(logits, new SamplingState(settings, []), position, out int token));
            Assert.Equal(expected, token);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void TrySample_one_row_many_positions_follows_distribution(float temperature, float topP, int topK, float minP)
    {
        const int Draws = 20_000;
        var sampler = new Sampler(Vocabulary);
        SamplingSettings settings = Resolve(new() { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP, Seed = 3 });
        float[] logits = Row(1, spread: 3);
        double[] p = SlowSampler.Distribution(logits, settings);
        int[] observed = new int[Vocabulary];
        for (int position = 0; position < Draws; position++)
        {
            Assert.True(sampler.TrySample(logits, new SamplingState(settings, []), position, out int token));
            observed[token]++;
        }

        Assert.All(Enumerable.Range(0, Vocabulary).Where(id => p[id] == 0), id => Assert.Equal(0, observed[id]));

        // Cells of few expected draws are joined, as the test's approximation wants.
        int[] common = [.. Enumerable.Range(0, Vocabulary).Where(id => p[id] * Draws >= 8)];
        double rare = 1 - common.Sum(id => p[id]);
        List<int> counts = [.. common.Select(id => observed[id])];
        List<double> expected = [.. common.Select(id => p[id] * Draws)];
        if (rare * Draws >= 8)
        {
            counts.Add(Draws - counts.Sum());
            expected.Add(rare * Draws);
        }

        Assert.True(counts.Count == 1 || ChiSquare.Statistic(counts, i => expected[i]) < ChiSquare.Limit(counts.Count - 1));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-6f)]
    public void TrySample_no_temperature_is_first_largest(float temperature)
    {
        float[] logits = Row(5, spread: 2);
        logits[200] = logits[31] = 50;
        Assert.True(new Sampler(Vocabulary).TrySample(logits, State(new() { Temperature = temperature }), 0, out int token));
        Assert.Equal(31, token);
    }

    [Fact]
    public void TrySample_equal_logits_top_k_prefers_low_ids()
    {
        var sampler = new Sampler(Vocabulary);
        SamplingSettings settings = Resolve(new() { Temperature = 1, TopK = 3, Seed = 1 });
        var seen = new SortedSet<int>();
        for (int position = 0; position < 100; position++)
        {
            Assert.True(sampler.TrySample(new float[Vocabulary], new SamplingState(settings, []), position, out int token));
            seen.Add(token);
        }

        Assert.Equal([0, 1, 2], seen);
    }

    [Theory]
    [InlineData(0, float.NaN)]
    [InlineData(100, float.NaN)]
    [InlineData(256, float.NaN)]
    [InlineData(256, float.PositiveInfinity)]
    public void TrySample_unusable_logit_is_refused(int id, float value)
    {
        float[] logits = Row(9, spread: 1);
        logits[id] = value;
        Assert.False(new Sampler(Vocabulary).TrySample(logits, State(new() { Temperature = 0 }), 0, out _));
        Assert.False(new Sampler(Vocabulary).TrySample(logits, State(new() { Temperature = 1 }), 0, out _));
    }

    [Fact]
    public void TrySample_masked_tokens_are_never_drawn()
    {
        float[] logits = new float[Vocabulary];
        Array.Fill(logits, float.NegativeInfinity);
        logits[13] = logits[77] = -5;
        var sampler = new Sampler(Vocabulary);
        foreach (float topP in (float[])[1f, 0.99f])
        {
            for (int position = 0; position < 50; position++)
            {
                Assert.True(sampler.TrySample(logits, State(new() { Temperature = 1, TopP = topP, Seed = 5 }), position, out int token));
                Assert.Contains(token, (int[])[13, 77]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void TrySample_best_of_a_row_gives_what_the_whole_row_gives(float temperature, float topP, int topK, float minP)
    {
        const int Best = 40;
        var sampler = new Sampler(Vocabulary);
        SamplingSettings settings = Resolve(new() { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP, Seed = 8 });
        var state = new SamplingState(settings, []);
        Assert.Equal(topK is >= 1 and <= Best, state.IsDecidedByBest(Best));
        for (int position = 0; state.IsDecidedByBest(Best) && position < 300; position++)
        {
            // Rounded, so that many are equal, at the borders of top-k and top-p too.
            float[] logits = [.. Row(position, spread: 1 + (position % 8)).Select(logit => position % 2 == 0 ? logit : MathF.Round(logit))];
            int[] tokens = [.. Enumerable.Range(0, Vocabulary).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(Best)];
            Assert.True(sampler.TrySample([.. tokens.Select(id => logits[id])], tokens, settings, position, out int fast));
            Assert.True(sampler.TrySample(logits, state, position, out int slow));
            Assert.Equal(slow, fast);
        }
    }

    [Fact]
    public void TrySample_best_of_a_row_without_temperature_is_first_largest()
    {
        SamplingSettings settings = Resolve(new() { Temperature = 0 });
        Assert.True(new SamplingState(settings, []).IsDecidedByBest(1));
        Assert.True(new Sampler(Vocabulary).TrySample([5f, 5f, 1f], [9, 4, 1], settings, 0, out int token));
        Assert.Equal(4, token);
        Assert.False(new Sampler(Vocabulary).TrySample([float.NaN, 5f], [9, 4], settings, 0, out _));
        Assert.False(new Sampler(Vocabulary).TrySample([float.PositiveInfinity, 5f], [9, 4], settings, 0, out _));
    }

    [Fact]
    public void IsDecidedByBest_what_changes_logits_needs_the_row()
    {
        ModelManifest model = Toy.ToyEngine.Manifest with { EndOfSequenceTokens = [3] };
        SamplingParameters[] needs =
        [
            new() { Temperature = 1 }, new() { Temperature = 1, TopK = 41 }, new() { LogitBias = [new(1, 1)] }, new() { RepetitionPenalty = 1.1f },
            new() { PresencePenalty = 1 }, new() { MinTokens = 1 }, new() { TopLogProbs = 0 },
        ];
        Assert.All(needs, parameters => Assert.False(new SamplingState(SamplingResolver.ResolveFor(model, parameters), []).IsDecidedByBest(40)));

        var late = new SamplingState(SamplingResolver.ResolveFor(model, new() { MinTokens = 1 }), []);
        late.Accept(7);
        Assert.True(late.IsDecidedByBest(40));
    }

    [Fact]
    public void TrySample_log_probs_are_of_raw_logits_whatever_changes_them()
    {
        ModelManifest model = Toy.ToyEngine.Manifest with { VocabularySize = Vocabulary, EndOfSequenceTokens = [3] };
        SamplingParameters[] all =
        [
            new() { Temperature = 0 }, new() { Temperature = 1.7f, TopP = 0.9f, Seed = 4 }, new() { LogitBias = [new(5, 100)] },
            new() { RepetitionPenalty = 3, PresencePenalty = 2, MinTokens = 9 },
        ];
        var sampler = new Sampler(Vocabulary);
        foreach (SamplingParameters parameters in all)
        {
            for (int position = 0; position < 20; position++)
            {
                float[] raw = Row(position, spread: 1 + (position % 9));
                double total = raw.Sum(logit => Math.Exp(logit));
                var state = new SamplingState(SamplingResolver.ResolveFor(model, parameters with { TopLogProbs = 7 }), [1, 2, 3]);
                state.Accept(8);
                Assert.True(sampler.TrySample([.. raw], state, position, out int token));

                LogProbRow row = state.LogProbs!;
                int[] best = [.. Enumerable.Range(0, Vocabulary).OrderByDescending(id => raw[id]).Take(7)];
                Assert.Equal(Math.Log(Math.Exp(raw[token]) / total), row.Chosen, 1e-5);
                Assert.Equal(best, row.Tokens.ToArray());
                Assert.All(best.Zip(row.LogProbs.ToArray()), pair => Assert.Equal(Math.Log(Math.Exp(raw[pair.First]) / total), pair.Second, 1e-5));
            }
        }
    }

    [Fact]
    public void TrySample_impossible_tokens_have_openAis_least_log_prob()
    {
        float[] logits = new float[Vocabulary];
        Array.Fill(logits, float.NegativeInfinity);
        logits[13] = 1;
        SamplingState state = State(new() { Temperature = 0, TopLogProbs = 2 });
        Assert.True(new Sampler(Vocabulary).TrySample(logits, state, 0, out _));
        Assert.InRange(state.LogProbs!.Chosen, -1e-6f, 0f);
        Assert.Equal((state.LogProbs.Chosen, -9999f), (state.LogProbs.LogProbs[0], state.LogProbs.LogProbs[1]));
    }

    [Fact]
    public void TrySample_logit_bias_comes_before_all_else()
    {
        // Token 0 wins only when the bias is added before the repetition penalty halves what is positive.
        float[] logits = new float[Vocabulary];
        (logits[0], logits[1]) = (-1, 3);
        ModelManifest model = Toy.ToyEngine.Manifest with { VocabularySize = Vocabulary };
        var settings = SamplingResolver.ResolveFor(model, new() { Temperature = 0, RepetitionPenalty = 2, LogitBias = [new(0, 5), new(0, 2)] });
        Assert.True(new Sampler(Vocabulary).TrySample(logits, new SamplingState(settings, [0, 1]), 0, out int token));
        Assert.Equal(0, token);
        Assert.Equal((3f, 1.5f), (logits[0], logits[1]));
    }

    [Fact]
    public void TrySample_logit_bias_shifts_the_distribution()
    {
        const int Draws = 20_000;
        float[] logits = Row(1, spread: 1);
        ModelManifest model = Toy.ToyEngine.Manifest with { VocabularySize = Vocabulary };
        SamplingSettings settings = SamplingResolver.ResolveFor(model, new() { Temperature = 1, Seed = 6, LogitBias = [new(40, 4), new(41, 5), new(42, -100)] });
        double[] p = SlowSampler.Distribution([.. logits.Select((logit, id) => logit + (id switch { 40 => 4, 41 => 5, 42 => -100, _ => 0 }))], settings);
        int[] observed = new int[3];
        var sampler = new Sampler(Vocabulary);
        for (int position = 0; position < Draws; position++)
        {
            Assert.True(sampler.TrySample([.. logits], new SamplingState(settings, []), position, out int token));
            Assert.NotEqual(42, token);
            observed[token is 40 or 41 ? token - 40 : 2]++;
        }

        double[] expected = [p[40] * Draws, p[41] * Draws, (1 - p[40] - p[41]) * Draws];
        Assert.True(ChiSquare.Statistic(observed, i => expected[i]) < ChiSquare.Limit(2));
    }

    private static SamplingSettings Resolve(SamplingParameters parameters) => SamplingResolver.Resolve(parameters, new());

    private static SamplingState State(SamplingParameters parameters) => new(Resolve(parameters), []);

    private static float[] Row(int seed, float spread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)((random.NextDouble() - 0.5) * 2 * spread))];
    }
}
