namespace Granary.Engine.Sampling;

/// <summary>
/// Chooses the next token. Order of operations: log-probabilities of the raw logits; logit bias; constraint; end-of-sequence tokens that come
/// too early; penalties; arg-max if greedy; temperature; min-p; top-k; top-p. What is left is renormalised and drawn from by inversion in order of token id.
/// </summary>
/// <remarks>
/// Min-p compares with the most likely token (Nguyen et al. 2024); top-p (Holtzman et al. 2020) is the smallest set, best first, whose share of what min-p
/// and top-k left reaches p. Equal logits rank by id. From penalties on the order is vLLM's, and so is that log-probabilities are those of the raw logits.
/// One instance a thread: it owns scratch memory.
/// </remarks>
internal sealed class Sampler(int vocabularySize)
{
    // Below the best by this many units of log-probability, a token weighs under 4e-4 of it; see Nucleus.
    private const float FirstCut = 8f;

    private readonly CandidateSelector _selector = new(vocabularySize);
    private float[] _raw = [];

    /// <summary>Draws a token from a whole row.</summary>
    /// <param name="logits">[V], changed in place.</param>
    /// <param name="state">The sequence's state.</param>
    /// <param name="position">Place of the new token in the sequence, prompt included: with the seed it determines the random number.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="false"/> when the logits hold NaN or infinity.</returns>
    public bool TrySample(Span<float> logits, SamplingState state, long position, out int token)
    {
        if (state.LogProbs is not null)
        {
            KeepRaw(logits);
        }

        state.Apply(logits);
        if (!LogitSearch.TryArgMax(logits, out token))
        {
            return false;
        }

        if (!state.Settings.IsGreedy)
        {
            token = Draw(logits, state.Settings, logits[token], CounterRandom.NextUnit(state.Settings.Seed, position));
        }

        return state.LogProbs is null || TryScore(_raw, state.LogProbs, token);
    }

    /// <summary>Finds out how likely a token was.</summary>
    /// <param name="logits">[V], as the model gave them.</param>
    /// <param name="row">Gets its log-probability, and those of the most likely tokens.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="false"/> when the logits hold NaN or infinity.</returns>
    public bool TryScore(ReadOnlySpan<float> logits, LogProbRow row, int token)
    {
        if (!LogitSearch.TryLogSumExp(logits, out double logSumExp))
        {
            return false;
        }

        row.SetChosen(logits[token], logSumExp);
        if (row.Top > 0)
        {
            Span<ulong> best = _selector.Best(logits, Math.Min(row.Top, logits.Length), float.NegativeInfinity);
            best.Sort();
            row.SetTop(best, logSumExp);
        }

        return true;
    }

    /// <summary>Draws a token from the best of a row, of which <see cref="SamplingState.IsDecidedByBest"/> has said that they are enough: the same that the whole row gives.</summary>
    /// <param name="best">[K], falling.</param>
    /// <param name="tokens">[K], theirs.</param>
    /// <param name="settings">The sequence's settings.</param>
    /// <param name="position">As above.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="false"/> when a logit is NaN or the first one infinite.</returns>
    public bool TrySample(ReadOnlySpan<float> best, ReadOnlySpan<int> tokens, SamplingSettings settings, long position, out int token)
    {
        token = tokens[0];
        if (!LogitSearch.TryArgMax(best, out int first) || first != 0)
        {
            return false;
        }

        // Devices need not rank equal logits by id.
        Span<ulong> kept = _selector.From(best, tokens, settings.IsGreedy ? best[0] : Floor(settings, best[0]));
        kept.Sort();
        token = settings.IsGreedy
            ? CandidateSelector.IdOf(kept[0])
            : DrawFromBest(kept[..Math.Min(settings.TopK, kept.Length)], settings, best[0], CounterRandom.NextUnit(settings.Seed, position));
        return true;
    }

    // Never minus infinity: a token that a constraint has taken out is no candidate, not even for what rounding leaves over.
    private static float Floor(SamplingSettings settings, float max) =>
        settings.MinP > 0 ? max + (settings.Temperature * MathF.Log(settings.MinP)) : float.MinValue;

    private int Draw(ReadOnlySpan<float> logits, SamplingSettings settings, float max, double unit)
    {
        float floor = Floor(settings, max);
        if (settings.TopK > 0 && settings.TopK < logits.Length)
        {
            return DrawFromBest(_selector.Best(logits, settings.TopK, floor), settings, max, unit);
        }

        float scale = 1f / settings.Temperature;
        return settings.TopP >= 1f
            ? DrawFromAll(logits, floor, max, scale, unit)
            : DrawFromKept(Nucleus(logits, floor, max, scale, settings.TopP), max, scale, unit);
    }

    /// <summary>Top-p and the draw, for what top-k and min-p have left.</summary>
    private static int DrawFromBest(Span<ulong> best, SamplingSettings settings, float max, double unit)
    {
        // Sorted first: sums depend on the order, and the draw on the sums.
        best.Sort();
        float scale = 1f / settings.Temperature;
        Span<ulong> kept = settings.TopP < 1f ? Prefix(best, max, scale, settings.TopP * Total(best, max, scale)) : best;
        return DrawFromKept(kept, max, scale, unit);
    }

    /// <summary>Top-p over the whole vocabulary, without sorting it: the unlikely tail is looked at only if the nucleus reaches into it.</summary>
    private Span<ulong> Nucleus(ReadOnlySpan<float> logits, float floor, float max, float scale, float topP)
    {
        double total = 0;
        foreach (float logit in logits)
        {
            total += logit >= floor ? Weight(logit, max, scale) : 0;
        }

        for (float cut = FirstCut; ; cut *= 2)
        {
            float bar = cut > 100 ? floor : MathF.Max(floor, max - (cut / scale));
            Span<ulong> candidates = _selector.AtLeast(logits, bar);
            if (bar <= floor || Total(candidates, max, scale) >= topP * total)
            {
                candidates.Sort();
                return Prefix(candidates, max, scale, topP * total);
            }
        }
    }

    private static Span<ulong> Prefix(Span<ulong> sorted, float max, float scale, double mass)
    {
        double sum = 0;
        int count = 0;
        while (count < sorted.Length && (count == 0 || sum < mass))
        {
            sum += Weight(CandidateSelector.LogitOf(sorted[count++]), max, scale);
        }

        return sorted[..count];
    }

    private static int DrawFromKept(Span<ulong> kept, float max, float scale, double unit)
    {
        double left = unit * Total(kept, max, scale);
        foreach (ref ulong key in kept)
        {
            key = ulong.RotateLeft(key, 32); // the id in front
        }

        kept.Sort();
        foreach (ulong rotated in kept)
        {
            ulong key = ulong.RotateLeft(rotated, 32);
            left -= Weight(CandidateSelector.LogitOf(key), max, scale);
            if (left < 0)
            {
                return CandidateSelector.IdOf(key);
            }
        }

        return CandidateSelector.IdOf(ulong.RotateLeft(kept[^1], 32)); // rounding alone leads here
    }

    private static int DrawFromAll(ReadOnlySpan<float> logits, float floor, float max, float scale, double unit)
    {
        double total = 0;
        foreach (float logit in logits)
        {
            total += logit >= floor ? Weight(logit, max, scale) : 0;
        }

        double left = unit * total;
        int last = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            double weight = logits[id] >= floor ? Weight(logits[id], max, scale) : 0;
            left -= weight;
            if (left < 0)
            {
                return id;
            }

            last = weight > 0 ? id : last;
        }

        return last;
    }

    private static double Total(ReadOnlySpan<ulong> candidates, float max, float scale)
    {
        double total = 0;
        foreach (ulong key in candidates)
        {
            total += Weight(CandidateSelector.LogitOf(key), max, scale);
        }

        return total;
    }

    // Relative to the best token, so that nothing overflows.
    private static double Weight(float logit, float max, float scale) => MathF.Exp((logit - max) * scale);

    private void KeepRaw(ReadOnlySpan<float> logits)
    {
        if (_raw.Length == 0)
        {
            _raw = new float[vocabularySize];
        }

        logits.CopyTo(_raw);
    }
}
