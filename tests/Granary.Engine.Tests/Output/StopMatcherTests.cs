using System.Text;
using Granary.Engine.Output;

namespace Granary.Engine.Tests.Output;

public sealed class StopMatcherTests
{
    [Theory]
    [InlineData("hello END world", "END", "hello ")]
    [InlineData("aaab", "aab", "a")]
    [InlineData("ENENDx", "END", "EN")]
    [InlineData("abc", "xyz", "abc")]
    [InlineData("abcEN", "END", "abcEN")]
    public void Append_any_cutting_gives_same_text(string text, string stop, string expected)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            Assert.Equal(expected, Run(text.Chunk(size).Select(c => new string(c)), [stop], out _));
        }
    }

    [Fact]
    public void Append_two_stops_earliest_wins() => Assert.Equal("a", Run(["a", "b", "c", "d"], ["cd", "bc"], out _));

    [Fact]
    public void Append_random_texts_never_show_part_of_a_stop()
    {
        var random = new Random(11);
        for (int round = 0; round < 2000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, 40).Select(_ => (char)('a' + random.Next(2))));
            string[] stops = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => (char)('a' + random.Next(2)))))];
            int end = stops.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(text.Length).Min();

            List<string> pieces = [];
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(random.Next(1, 5), text.Length - at);
                pieces.Add(text.Substring(at, length));
                at += length;
            }

            // A piece may complete two stop strings at once; the one that begins first cuts. One that began earlier but is not complete yet cannot.
            string shown = Run(pieces, stops, out bool stopped);
            Assert.StartsWith(shown, text, StringComparison.Ordinal);
            Assert.Equal(end < text.Length, stopped);
            Assert.DoesNotContain(stops, s => shown.Contains(s, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Append_steady_state_allocates_nothing()
    {
        string[] pieces = ["some", " text", " EN", "ENE", "D of", " it \n", "\nUse", "r", ". "];
        var matcher = new StopMatcher(["END.", "\n\nUser:", "</s>"]);
        var output = new StringBuilder(256);
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            foreach (string piece in pieces)
            {
                output.Clear();
                Assert.False(matcher.Append(piece, output));
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Run(IEnumerable<string> pieces, string[] stops, out bool stopped)
    {
        var matcher = new StopMatcher(stops);
        var output = new StringBuilder();
        foreach (string piece in pieces)
        {
            if (matcher.Append(piece, output))
            {
                stopped = true;
                return output.ToString();
            }
        }

        matcher.Flush(output);
        stopped = false;
        return output.ToString();
    }
}
