using Granary.Grains.Tests.Fixtures;
using Granary.ResponseCache;
using Granary.Serving;

namespace Granary.Grains.Tests.ResponseCache;

public sealed class MemoryResponsesTests
{
    private static readonly TokenFrame[] Outputs = [new TokenFrame { FirstIndex = 0, Tokens = [1], Text = "x" }];

    private readonly ManualTime _time = new();

    [Fact]
    public void Add_beyond_the_bytes_drops_the_least_recently_used()
    {
        var memory = new MemoryResponses(maxBytes: 30, _time);
        foreach (var hash in new[] { "a", "b", "c" })
        {
            memory.Add(hash, Outputs, 10, _time.GetUtcNow().AddHours(1));
        }

        Assert.NotNull(memory.Find("a"));
        memory.Add("d", Outputs, 10, _time.GetUtcNow().AddHours(1));
        memory.Add("large", Outputs, 31, _time.GetUtcNow().AddHours(1));

        Assert.NotNull(memory.Find("a"));
        Assert.Null(memory.Find("b"));
        Assert.Null(memory.Find("large"));
        Assert.Equal(3, memory.Count);
    }

    [Fact]
    public void Find_after_its_time_gives_nothing()
    {
        var memory = new MemoryResponses(maxBytes: 30, _time);
        memory.Add("a", Outputs, 10, _time.GetUtcNow().AddHours(1));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(memory.Find("a"));
        Assert.Equal(0, memory.Count);
    }
}
