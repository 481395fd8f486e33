using Granary.Serving;

namespace Granary.Grains.Tests.Serving.Routing;

public sealed class KvAffinityPolicyTests
{
    private static readonly string Manual = Text('m', 10 * PromptBlocks.BlockLength);

    private readonly KvAffinityPolicy _policy = new();

    [Fact]
    public void Choose_of_a_conversation_is_where_its_last_turn_ran()
    {
        var request = Candidates.Request("Hello") with { LastReplica = "b" };

        Assert.Equal("b", _policy.Choose(request, Candidates.Parse("a 0 0 0|b 2 4 0")));
        Assert.Equal("a", _policy.Choose(request, Candidates.Parse("a 0 0 0|c 2 0 0"))); // it is gone
    }

    [Fact]
    public void Choose_of_a_prompt_that_begins_like_another_is_where_that_went()
    {
        Assert.Equal("b", _policy.Choose(Candidates.Request(Manual + "First question?"), Candidates.Parse("a 2 3 0|b 2 0 0")));

        Assert.Equal("b", _policy.Choose(Candidates.Request(Manual + "Another one?"), Candidates.Parse("a 0 0 0|b 2 4 0")));
        Assert.Equal("a", _policy.Choose(Candidates.Request(Manual + "Another one?") with { Tenant = "another" }, Candidates.Parse("a 0 0 0|b 2 4 0")));
        Assert.Equal("a", _policy.Choose(Candidates.Request("x" + Manual), Candidates.Parse("a 0 0 0|b 2 4 0")));
    }

    [Fact]
    public void Choose_prefers_the_longer_prefix()
    {
        _policy.Choose(Candidates.Request(Manual), Candidates.Idle("short"));
        _policy.Choose(Candidates.Request(Manual, "Reply.", Text('q', 1000)), Candidates.Idle("long"));

        Assert.Equal("long", _policy.Choose(Candidates.Request(Manual, "Reply.", Text('q', 1000), "Reply.", "And?"), Candidates.Parse("short 0 0 0|long 2 4 0")));
    }

    [Theory]
    [InlineData("home 2 8 2|other 0 8 0", "home")]
    [InlineData("home 2 8 3|other 0 8 0", "other")] // the queue is longer by more than a quarter of eight slots
    [InlineData("home 2 4 0|other 0 0 0", "home")]
    [InlineData("home 2 5 0|other 0 0 0", "other")] // five of eight slots more
    [InlineData("home 2 8 9|other 2 8 9", "home")] // all are overloaded alike
    public void Choose_spills_over_when_the_holder_is_overloaded(string replicas, string expected)
    {
        _policy.Choose(Candidates.Request(Manual), Candidates.Idle("home"));

        Assert.Equal(expected, _policy.Choose(Candidates.Request(Manual, "Reply.", "And?"), Candidates.Parse(replicas)));
    }

    [Fact]
    public void Choose_after_a_spill_has_two_homes_of_which_the_nearer_or_emptier_is_taken()
    {
        _policy.Choose(Candidates.Request(Manual), Candidates.Idle("home"));
        _policy.Choose(Candidates.Request(Manual), Candidates.Parse("home 2 8 5|other 2 8 0"));

        Assert.Equal("other", _policy.Choose(Candidates.Request(Manual), Candidates.Parse("home 2 3 0|other 2 2 0")));
        Assert.Equal("home", _policy.Choose(Candidates.Request(Manual), Candidates.Parse("home 1 3 0|other 2 2 0")));
    }

    [Fact]
    public void Choose_of_something_new_is_the_least_loaded() =>
        Assert.Equal("b", _policy.Choose(Candidates.Request(Manual), Candidates.Parse("a 2 3 0|b 2 2 0|c 2 2 1")));

    [Fact]
    public void PromptBlocks_of_a_conversation_begin_like_those_of_its_last_turn()
    {
        var before = PromptBlocks.Of(Candidates.Request(Manual, "Reply.", "And?"));
        var after = PromptBlocks.Of(Candidates.Request(Manual, "Reply.", "And?", "More.", Manual));

        Assert.Equal(10, before.Length);
        Assert.Equal(before, after[..10]);
        Assert.Equal(20, after.Length);
        Assert.Equal(PromptBlocks.MaxBlocks, PromptBlocks.Of(Candidates.Request(Text('x', 100_000))).Length);
        Assert.NotEqual(before[9], before[8]);
    }

    [Fact]
    public void PrefixSketch_forgets_what_was_not_seen_for_long_and_stays_small()
    {
        var sketch = new PrefixSketch(capacity: 100);
        sketch.Add([1, 2, 3]);
        for (ulong hash = 1000; hash < 1150; hash++)
        {
            sketch.Add([hash]);
            Assert.InRange(sketch.Count, 0, 200);
        }

        Assert.Equal(3, sketch.Match([1, 2, 3, 4]));
        sketch.Add([1, 2]);
        for (ulong hash = 2000; hash < 2080; hash++)
        {
            sketch.Add([hash]);
        }

        Assert.Equal(2, sketch.Match([1, 2, 3, 4]));
        Assert.Equal(0, sketch.Match([5, 1, 2]));
    }

    private static string Text(char first, int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)(first + (i * 7 % 11))));
}
