using System.Runtime.Intrinsics;

namespace Granary.Engine.Experts.Routing;

/// <summary>The ranks of a few numbers, found by comparing each with all: no branch depends on them.</summary>
internal static class Ranking
{
    /// <summary>How long spans must be that hold so many numbers.</summary>
    public static int Padded(int count) => (count + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count;

    /// <summary>Ranks numbers, 0 for the largest; of equals the first one is better.</summary>
    /// <param name="values">The numbers; as long as <see cref="Padded"/> says.</param>
    /// <param name="count">How many they are; none of them is NaN.</param>
    /// <param name="ranks">As long as <paramref name="values"/>; gets the ranks. Behind <paramref name="count"/> it is without meaning.</param>
    public static void Rank(ReadOnlySpan<float> values, int count, Span<int> ranks)
    {
        for (int i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            Vector256<float> mine = Vector256.Create(values[i..]);
            Vector256<int> places = Vector256.CreateSequence(i, 1);
            Vector256<int> rank = Vector256<int>.Zero;
            for (int j = 0; j < count; j++)
            {
                Vector256<float> other = Vector256.Create(values[j]);
                Vector256<int> isFirst = Vector256.GreaterThan(places, Vector256.Create(j));
                rank -= Vector256.GreaterThan(other, mine).AsInt32() | (Vector256.Equals(other, mine).AsInt32() & isFirst); // true is -1
            }

            rank.CopyTo(ranks[i..]);
        }
    }
}
