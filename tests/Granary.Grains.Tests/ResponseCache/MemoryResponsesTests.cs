using Granary.Grains.Tests.Fixtures;
using Granary.ResponseCache;

namespace Granary.Grains.Tests.ResponseCache;

public sealed class MemoryResponsesTests
{
    private const int AnswerBytes = 100;

    private const int ThreeEntries = 3 * (AnswerBytes + MemoryResponses.EntryBytes);

    private static readonly byte[] Answer = new byte[AnswerBytes];

    private readonly ManualTime _time = new();

    [Fact]
    public void Add_beyond_the_bytes_drops_the_least_recently_used()
    {
        var memory = new MemoryResponses(maxBytes: ThreeEntries, _time);
        foreach (var hash in new[] { "a", "b", "c" })
        {
            memory.Add(hash, Answer, _time.GetUtcNow().AddHours(1));
        }

        Assert.NotNull(memory.Find("a"));
        memory.Add("d", Answer, _time.GetUtcNow().AddHours(1));
        memory.Add("large", new byte[ThreeEntries - MemoryResponses.EntryBytes + 1], _time.GetUtcNow().AddHours(1));

        Assert.NotNull(memory.Find("a"));
        Assert.Null(memory.Find("b"));
        Assert.Null(memory.Find("large"));
        Assert.Equal(3, memory.Count);
    }

    [Fact]
    public void Find_after_its_time_gives_nothing()
    {
        var memory = new MemoryResponses(maxBytes: ThreeEntries, _time);
        memory.Add("a", Answer, _time.GetUtcNow().AddHours(1));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(memory.Find("a"));
        Assert.Equal(0, memory.Count);
    }

    [Fact]
    public void Answers_take_the_memory_that_is_counted()
    {
        const int Count = 20_000;
        const long Counted = Count * (long)(AnswerBytes + MemoryResponses.EntryBytes);
        var memory = new MemoryResponses(maxBytes: Counted, _time);
        var before = GC.GetAllocatedBytesForCurrentThread(); // what other tests allocate is no matter of this one
        for (var i = 0; i < Count; i++)
        {
            memory.Add($"{i:d64}", new byte[AnswerBytes], _time.GetUtcNow().AddHours(1));
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Count, memory.Count);
        Assert.InRange(taken, Counted / 2, Counted * 5 / 4);
    }
}
