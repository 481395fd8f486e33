using Granary.Models.Tokenization.Bpe;

namespace Granary.Models.Tests.Tokenization;

public sealed class BpeMergesTests
{
    private const int Tokens = 12;

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(100)]
    public void Apply_random_merges_equals_merging_one_by_one(int count)
    {
        for (var seed = 0; seed < 15; seed++)
        {
            var random = new Random(seed);
            var merges = RandomMerges(random, count, out var table);
            var apply = new BpeMerges(table);
            foreach (var length in (int[])[0, 1, 2, 5, 24, 25, 60, 200])
            {
                List<int> symbols = [.. Enumerable.Range(0, length).Select(_ => random.Next(Tokens))];
                var expected = OneByOne(symbols, merges);

                apply.Apply(symbols);

                Assert.Equal(expected, symbols);
            }
        }
    }

    [Fact]
    public void Least_of_a_set_is_the_least_that_was_added_and_not_removed()
    {
        const int Size = 5000;
        var random = new Random(1);
        var set = new RankSet(Size);
        var expected = new SortedSet<int>();
        Assert.Equal(-1, set.Least());
        for (var i = 0; i < 20_000; i++)
        {
            var value = random.Next(Size);
            if (random.Next(2) == 0)
            {
                set.Add(value);
                expected.Add(value);
            }
            else
            {
                var least = set.Least();
                set.Remove(Math.Max(least, 0));
                expected.Remove(Math.Max(least, 0));
            }

            Assert.Equal(expected.Count == 0 ? -1 : expected.Min, set.Least());
        }
    }

    /// <summary>Ranks in any order, so that a merge may make a pair that should have come earlier.</summary>
    private static Dictionary<(int, int), Merge> RandomMerges(Random random, int count, out MergeTable table)
    {
        var merges = new Dictionary<(int, int), Merge>();
        table = new(count);
        for (var rank = 0; rank < count; rank++)
        {
            var (left, right, merge) = (random.Next(Tokens), random.Next(Tokens), new Merge(rank, random.Next(Tokens)));
            merges[(left, right)] = merge;
            table.Set(left, right, merge);
        }

        return merges;
    }

    private static List<int> OneByOne(List<int> symbols, Dictionary<(int, int), Merge> merges)
    {
        List<int> left = [.. symbols];
        while (true)
        {
            var best = Enumerable.Range(0, Math.Max(left.Count - 1, 0))
                .Where(i => merges.ContainsKey((left[i], left[i + 1])))
                .OrderBy(i => merges[(left[i], left[i + 1])].Rank)
                .ThenBy(i => i)
                .FirstOrDefault(-1);
            if (best < 0)
            {
                return left;
            }

            left[best] = merges[(left[best], left[best + 1])].Token;
            left.RemoveAt(best + 1);
        }
    }
}
