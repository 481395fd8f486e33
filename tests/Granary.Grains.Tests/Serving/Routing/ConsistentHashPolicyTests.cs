using Granary.Serving;

namespace Granary.Grains.Tests.Serving.Routing;

public sealed class ConsistentHashPolicyTests
{
    private const int Keys = 10_000;

    private readonly ConsistentHashPolicy _policy = new();

    [Fact]
    public void Choose_spreads_conversations_evenly_and_always_alike()
    {
        var first = Chosen("a", "b", "c", "d");
        var second = Chosen("d", "c", "b", "a"); // in whatever order

        Assert.Equal(first, second);
        Assert.All(first.CountBy(name => name), share => Assert.InRange(share.Value, Keys / 4 * 0.94, Keys / 4 * 1.06));
    }

    [Fact]
    public void Choose_when_a_replica_goes_moves_only_what_it_had()
    {
        var before = Chosen("a", "b", "c", "d");
        var after = Chosen("a", "b", "d");

        var moved = before.Zip(after).Where(pair => pair.First != pair.Second).ToList();
        Assert.All(moved, pair => Assert.Equal("c", pair.First));
        Assert.Equal(before.Count(name => name == "c"), moved.Count);
        Assert.All(moved.CountBy(pair => pair.Second), share => Assert.InRange(share.Value, moved.Count / 3 * 0.88, moved.Count / 3 * 1.12));
    }

    [Fact]
    public void Choose_without_a_conversation_goes_by_the_prompt_and_its_tenant()
    {
        var candidates = Candidates.Idle(Enumerable.Range(0, 50).Select(number => $"silo-{number}"));

        Assert.Equal(_policy.Choose(Candidates.Request("Hello"), candidates), _policy.Choose(Candidates.Request("Hello"), candidates));
        Assert.NotEqual(_policy.Choose(Candidates.Request("Hello"), candidates), _policy.Choose(Candidates.Request("Hello") with { Tenant = "another" }, candidates));
    }

    private List<string> Chosen(params string[] names)
    {
        var candidates = Candidates.Idle(names);
        return [.. Enumerable.Range(0, Keys).Select(key => _policy.Choose(Candidates.Request("Hello") with { SessionId = $"session-{key}" }, candidates))];
    }
}
