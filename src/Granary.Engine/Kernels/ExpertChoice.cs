namespace Granary.Engine.Kernels;

/// <summary>Which experts a token takes.</summary>
internal static unsafe class ExpertChoice
{
    /// <summary>The best experts, and the softmax of their logits.</summary>
    /// <param name="logits">[E].</param>
    /// <param name="experts">[k], best first.</param>
    /// <param name="weights">[k].</param>
    public static void Choose(ReadOnlySpan<float> logits, Span<int> experts, Span<float> weights)
    {
        float sum = 0;
        for (int place = 0; place < experts.Length; place++)
        {
            int best = -1;
            for (int expert = 0; expert < logits.Length; expert++)
            {
                if ((best < 0 || logits[expert] > logits[best]) && !experts[..place].Contains(expert))
                {
                    best = expert;
                }
            }

            experts[place] = best;
            weights[place] = MathF.Exp(logits[best] - logits[experts[0]]);
            sum += weights[place];
        }

        foreach (ref float weight in weights)
        {
            weight /= sum;
        }
    }

    /// <summary>The router's logits.</summary>
    /// <param name="input">[H].</param>
    /// <param name="router">[H, E].</param>
    /// <param name="hidden">H.</param>
    /// <param name="logits">[E].</param>
    public static void Route(float* input, float* router, int hidden, Span<float> logits)
    {
        logits.Clear();
        var quads = new RowQuads(hidden);
        fixed (float* sums = logits)
        {
            FloatColumns.Add(router, logits.Length, logits.Length, input, quads, 0, quads.Count, sums);
        }
    }
}
