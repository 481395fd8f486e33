using Granary.Serving;

namespace Granary.Grains.Tests.Serving.Routing;

public sealed class WeightedRoundRobinPolicyTests
{
    [Fact]
    public void Choose_gives_each_its_share_spread_evenly()
    {
        var (policy, candidates) = (new WeightedRoundRobinPolicy(), Candidates.Parse("a 2 0 0 - 5|b 2 0 0 - 1|c 2 0 0 - 1"));

        var chosen = string.Concat(Enumerable.Range(0, 14).Select(_ => policy.Choose(Candidates.Request(), candidates)));

        Assert.Equal("aabacaaaabacaa", chosen); // nginx's own example
    }

    [Fact]
    public void Choose_without_weights_takes_turns()
    {
        var policy = new WeightedRoundRobinPolicy();

        Assert.Equal("abcabc", string.Concat(Enumerable.Range(0, 6).Select(_ => policy.Choose(Candidates.Request(), Candidates.Idle("c", "a", "b")))));
    }

    [Fact]
    public void Choose_gives_a_replica_without_weight_the_mean()
    {
        var (policy, candidates) = (new WeightedRoundRobinPolicy(), Candidates.Parse("a 2 0 0 - 30|b 2 0 0 - 10|c 2 0 0 - 0"));

        var counts = Enumerable.Range(0, 600).Select(_ => policy.Choose(Candidates.Request(), candidates)).CountBy(name => name).ToDictionary();

        Assert.Equal((300, 100, 200), (counts["a"], counts["b"], counts["c"]));
    }

    [Fact]
    public void Choose_from_fewer_candidates_goes_on_with_those()
    {
        var (policy, all) = (new WeightedRoundRobinPolicy(), Candidates.Parse("a 2 0 0 - 1|b 2 0 0 - 1|c 2 0 0 - 2"));
        for (var i = 0; i < 7; i++)
        {
            policy.Choose(Candidates.Request(), all);
        }

        var counts = Enumerable.Range(0, 200).Select(_ => policy.Choose(Candidates.Request(), all[..2])).CountBy(name => name).ToDictionary();

        Assert.InRange(counts["a"], 99, 101);
    }
}
