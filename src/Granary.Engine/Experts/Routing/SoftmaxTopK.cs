using System.Numerics;

namespace Granary.Engine.Experts.Routing;

/// <summary>The best experts by the softmax over all: Mixtral's and Qwen 3 MoE's rule.</summary>
/// <param name="normalize">Whether the chosen ones' weights are scaled to sum to 1, which makes them the softmax over the chosen alone.</param>
internal sealed class SoftmaxTopK(bool normalize) : IRoutingRule
{
    public string Name => normalize ? "softmax-top-k-normalized" : "softmax-top-k";

    public void Choose(ReadOnlySpan<float> logits, Span<int> experts, Span<float> weights)
    {
        TopK(logits, experts, weights);
        float best = weights[0];
        float sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = MathF.Exp(weights[i] - best);
            sum += weights[i];
        }

        float scale = 1 / (normalize ? sum : SumOfExponentials(logits, best));
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] *= scale;
        }
    }

    // An insertion sort of those that are better than the worst of the best so far. Most are not, and are passed by a vector at a time (bench experts).
    private static void TopK(ReadOnlySpan<float> logits, Span<int> experts, Span<float> values)
    {
        int k = experts.Length;
        values.Fill(float.NegativeInfinity);
        experts.Clear();
        int i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<float>(logits[i..]), new Vector<float>(values[k - 1])))
            {
                for (int j = i; j < i + Vector<float>.Count; j++)
                {
                    Insert(logits[j], j, experts, values);
                }
            }
        }

        for (; i < logits.Length; i++)
        {
            Insert(logits[i], i, experts, values);
        }
    }

    private static void Insert(float logit, int expert, Span<int> experts, Span<float> values)
    {
        int place = values.Length - 1;
        if (!(logit > values[place]))
        {
            return;
        }

        while (place > 0 && logit > values[place - 1])
        {
            values[place] = values[place - 1];
            experts[place] = experts[place - 1];
            place--;
        }

        values[place] = logit;
        experts[place] = expert;
    }

    private static float SumOfExponentials(ReadOnlySpan<float> logits, float best)
    {
        var sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += Vector.Exp(new Vector<float>(logits[i..]) - new Vector<float>(best));
        }

        float sum = Vector.Sum(sums);
        for (; i < logits.Length; i++)
        {
            sum += MathF.Exp(logits[i] - best);
        }

        return sum;
    }
}
