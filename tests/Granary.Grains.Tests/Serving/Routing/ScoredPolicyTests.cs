using Granary.Serving;

namespace Granary.Grains.Tests.Serving.Routing;

/// <summary>The policies that look at load and response time alone.</summary>
public sealed class ScoredPolicyTests
{
    [Theory]
    [InlineData("own 0 5 0|near 1 0 0|far 2 0 0", "own")]
    [InlineData("own 0 5 1|near 1 3 0|far 2 0 0", "near")]
    [InlineData("near 1 8 2|far 2 8 1", "far")]
    [InlineData("far1 2 8 0|far2 2 7 0", "far2")]
    public void LeastLoaded_looks_at_queue_then_distance_then_running(string replicas, string expected) =>
        Assert.Equal(expected, new LeastLoadedPolicy().Choose(Candidates.Request(), Candidates.Parse(replicas)));

    [Theory]
    [InlineData("fast 2 0 0 10|slow 2 0 0 20", "fast")]
    [InlineData("fast 2 2 0 10|slow 2 0 0 20", "slow")] // 3 × 10 against 1 × 20
    [InlineData("fast 2 0 1 10|slow 1 0 0 20", "slow")] // 20 each: the shorter queue
    [InlineData("fast 2 1 0 10|slow 1 0 0 20", "slow")] // 20 each: the nearer
    [InlineData("fast 2 0 0 10|unknown 2 7 0", "unknown")]
    public void ResponseTime_is_multiplied_by_those_who_share_it(string replicas, string expected) =>
        Assert.Equal(expected, new ResponseTimePolicy().Choose(Candidates.Request(), Candidates.Parse(replicas)));

    [Theory]
    [InlineData("fast 2 0 0 10|slow 2 0 0 20", "fast")]
    [InlineData("fast 2 5 0 10|slow 2 0 0 20", "fast")] // 5/8 × 1.5 = 0.94 against 1
    [InlineData("fast 2 6 0 10|slow 2 0 0 20", "slow")] // 6/8 × 1.5 = 1.13
    [InlineData("fast 2 8 9 10|slower 2 0 0 1000", "slower")] // 3.19 against 3, the most that slowness counts
    [InlineData("far 2 0 0 10|near 1 0 0 10|own 0 0 0 10", "own")]
    [InlineData("fast 2 1 0 10|unknown 2 0 0", "unknown")]
    public void DynamicScore_is_load_times_one_and_a_half_and_a_penalty(string replicas, string expected) =>
        Assert.Equal(expected, new DynamicScorePolicy().Choose(Candidates.Request(), Candidates.Parse(replicas)));

    [Fact]
    public void DynamicScore_of_a_candidate_is_what_the_formula_says()
    {
        var candidate = Candidates.Parse("a 2 6 2 30")[0];

        Assert.Equal((1.5 * 8 / 8) + 2 + 0.1, DynamicScorePolicy.Score(candidate, TimeSpan.FromMilliseconds(10)), 9);
    }
}
