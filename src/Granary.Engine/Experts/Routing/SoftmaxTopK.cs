using System.Numerics;
using System.Runtime.Intrinsics;

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

    // Which of a token's logits are best nobody can predict, and a branch that is guessed wrong costs more than ten comparisons: so nothing here branches by a logit (bench experts).
    private static void TopK(ReadOnlySpan<float> logits, Span<int> experts, Span<float> values)
    {
        int k = experts.Length;
        Span<int> candidates = stackalloc int[logits.Length];
        candidates = candidates[..AtLeast(BoundOfKth(logits, k), logits, candidates)];
        Span<float> theirs = stackalloc float[Ranking.Padded(candidates.Length)];
        for (int i = 0; i < candidates.Length; i++)
        {
            theirs[i] = logits[candidates[i]];
        }

        Span<int> ranks = stackalloc int[theirs.Length];
        Ranking.Rank(theirs, candidates.Length, ranks);
        Span<int> ranked = stackalloc int[theirs.Length];
        for (int i = 0; i < candidates.Length; i++)
        {
            ranked[ranks[i]] = i;
        }

        experts.Clear();
        values.Fill(float.NegativeInfinity);
        for (int i = 0; i < Math.Min(k, candidates.Length); i++)
        {
            experts[i] = candidates[ranked[i]];
            values[i] = theirs[ranked[i]];
        }
    }

    /// <summary>Dealt out to twice k groups, the logits have k groups whose best are the k-th best group's or better: so have they k logits. Few others are as good.</summary>
    private static float BoundOfKth(ReadOnlySpan<float> logits, int k)
    {
        Span<float> tops = stackalloc float[Ranking.Padded(Math.Min(2 * k, logits.Length))];
        tops.Fill(float.NegativeInfinity);
        int i = 0;
        for (int group = 0; i <= logits.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256.MaxNumber(Vector256.Create(logits[i..]), Vector256.Create<float>(tops[group..])).CopyTo(tops[group..]);
            group = group + Vector256<float>.Count == tops.Length ? 0 : group + Vector256<float>.Count;
        }

        for (; i < logits.Length; i++)
        {
            ref float top = ref tops[i % tops.Length];
            top = float.MaxNumber(top, logits[i]);
        }

        Span<int> ranks = stackalloc int[tops.Length];
        Ranking.Rank(tops, tops.Length, ranks);
        return tops[ranks.IndexOf(k - 1)];
    }

    /// <summary>Finds the logits that are at least <paramref name="bound"/>.</summary>
    /// <returns>How many there are; their numbers are in <paramref name="found"/>, rising.</returns>
    private static int AtLeast(float bound, ReadOnlySpan<float> logits, Span<int> found)
    {
        int count = 0;
        for (int first = 0; first < logits.Length; first += 64)
        {
            ReadOnlySpan<float> some = logits[first..Math.Min(first + 64, logits.Length)];
            ulong which = 0;
            int i = 0;
            for (; i <= some.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                which |= (ulong)Vector256.GreaterThanOrEqual(Vector256.Create(some[i..]), Vector256.Create(bound)).ExtractMostSignificantBits() << i;
            }

            for (; i < some.Length; i++)
            {
                which |= (some[i] >= bound ? 1ul : 0ul) << i;
            }

            for (; which != 0; which &= which - 1)
            {
                found[count++] = first + BitOperations.TrailingZeroCount(which);
            }
        }

        return count;
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
