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
            Assert.True(sampler.TrySample(logits, settings, null, position, out int token));
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
            Assert.True(sampler.TrySample(logits, settings, null, position, out int token));
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
        Assert.True(new Sampler(Vocabulary).TrySample(logits, Resolve(new() { Temperature = temperature }), null, 0, out int token));
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
            Assert.True(sampler.TrySample(new float[Vocabulary], settings, null, position, out int token));
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
        Assert.False(new Sampler(Vocabulary).TrySample(logits, Resolve(new() { Temperature = 0 }), null, 0, out _));
        Assert.False(new Sampler(Vocabulary).TrySample(logits, Resolve(new() { Temperature = 1 }), null, 0, out _));
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
                Assert.True(sampler.TrySample(logits, Resolve(new() { Temperature = 1, TopP = topP, Seed = 5 }), null, position, out int token));
                Assert.Contains(token, (int[])[13, 77]);
            }
        }
    }

    private static SamplingSettings Resolve(SamplingParameters parameters) => SamplingResolver.Resolve(parameters, new());

    private static float[] Row(int seed, float spread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)((random.NextDouble() - 0.5) * 2 * spread))];
    }
}
