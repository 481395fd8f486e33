namespace Granary.Engine.Sampling;

/// <summary>
/// Chooses the next token of a row of logits. Order of operations as in vLLM V1: penalties, arg-max if greedy,
/// temperature, min-p, top-k, top-p; what is left is renormalised and drawn from by inversion in order of token id.
/// </summary>
/// <remarks>
/// Min-p compares with the most likely token (Nguyen et al. 2024); top-p (Holtzman et al. 2020) is the smallest set, best
/// first, whose share of what min-p and top-k left reaches p. Equal logits rank by id. One instance a thread: it owns scratch memory.
/// </remarks>
internal sealed class Sampler(int vocabularySize)
{
    // Below the best by this many units of log-probability, a token weighs under 4e-4 of it; see Nucleus.
    private const float FirstCut = 8f;

    private readonly CandidateSelector _selector = new(vocabularySize);

    /// <summary>Draws a token.</summary>
    /// <param name="logits">[V], changed by penalties.</param>
    /// <param name="settings">The sequence's settings.</param>
    /// <param name="penalties">The sequence's penalties, if it has any.</param>
    /// <param name="position">Place of the new token in the sequence, prompt included: with the seed it determines the random number.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="false"/> when the logits hold NaN or infinity.</returns>
    public bool TrySample(Span<float> logits, SamplingSettings settings, TokenPenalties? penalties, long position, out int token)
    {
        penalties?.Apply(logits);
        if (!LogitSearch.TryArgMax(logits, out token))
        {
            return false;
        }

        if (!settings.IsGreedy)
        {
            token = Draw(logits, settings, logits[token], CounterRandom.NextUnit(settings.Seed, position));
        }

        return true;
    }

    private int Draw(ReadOnlySpan<float> logits, SamplingSettings settings, float max, double unit)
    {
        float scale = 1f / settings.Temperature;
        float floor = settings.MinP > 0 ? max + (settings.Temperature * MathF.Log(settings.MinP)) : float.NegativeInfinity;
        bool hasTopK = settings.TopK > 0 && settings.TopK < logits.Length;
        if (!hasTopK && settings.TopP >= 1f)
        {
            return DrawFromAll(logits, floor, max, scale, unit);
        }

        Span<ulong> kept = hasTopK ? _selector.Best(logits, settings.TopK, floor) : [];
        if (settings.TopP < 1f)
        {
            kept = hasTopK
                ? Prefix(kept, logits, max, scale, settings.TopP * Total(kept, logits, max, scale))
                : Nucleus(logits, floor, max, scale, settings.TopP);
        }

        return DrawFromKept(kept, logits, max, scale, unit);
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
            if (bar <= floor || Total(candidates, logits, max, scale) >= topP * total)
            {
                return Prefix(candidates, logits, max, scale, topP * total);
            }
        }
    }

    private static Span<ulong> Prefix(Span<ulong> candidates, ReadOnlySpan<float> logits, float max, float scale, double mass)
    {
        candidates.Sort();
        double sum = 0;
        int count = 0;
        while (count < candidates.Length && (count == 0 || sum < mass))
        {
            sum += Weight(logits[CandidateSelector.IdOf(candidates[count++])], max, scale);
        }

        return candidates[..count];
    }

    private static int DrawFromKept(Span<ulong> kept, ReadOnlySpan<float> logits, float max, float scale, double unit)
    {
        foreach (ref ulong key in kept)
        {
            key = (uint)key;
        }

        kept.Sort();
        double left = unit * Total(kept, logits, max, scale);
        foreach (ulong key in kept)
        {
            left -= Weight(logits[CandidateSelector.IdOf(key)], max, scale);
            if (left < 0)
            {
                return CandidateSelector.IdOf(key);
            }
        }

        return CandidateSelector.IdOf(kept[^1]); // rounding alone leads here
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

    private static double Total(ReadOnlySpan<ulong> candidates, ReadOnlySpan<float> logits, float max, float scale)
    {
        double total = 0;
        foreach (ulong key in candidates)
        {
            total += Weight(logits[CandidateSelector.IdOf(key)], max, scale);
        }

        return total;
    }

    // Relative to the best token, so that nothing overflows.
    private static double Weight(float logit, float max, float scale) => MathF.Exp((logit - max) * scale);
}
