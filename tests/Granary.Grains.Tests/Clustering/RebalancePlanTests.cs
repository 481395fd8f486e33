using System.Net;
using Granary.Clustering;

namespace Granary.Grains.Tests.Clustering;

public sealed class RebalancePlanTests
{
    private static readonly SiloAddress[] Silos = [.. Enumerable.Range(1, 4).Select(port => SiloAddress.New(IPAddress.Loopback, port, 1))];

    [Fact]
    public void Of_silo_that_joined_empty_gets_its_share_from_all_others_together()
    {
        var counts = new Dictionary<SiloAddress, int> { [Silos[0]] = 300, [Silos[1]] = 300, [Silos[2]] = 300, [Silos[3]] = 0 };

        var gifts = Silos[..3].SelectMany(silo => RebalancePlan.Of(counts, silo, counts.Values.Sum(), 1000)).ToList();

        Assert.All(gifts, gift => Assert.Equal((Silos[3], 75), gift));
        Assert.Equal(3, gifts.Count);
    }

    [Theory]
    [InlineData(100, 100, 100, 100)]
    [InlineData(104, 100, 98, 98)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(0, 0, 0, 0)]
    public void Of_silo_near_the_mean_keeps_what_it_has(params int[] counts) =>
        Assert.Empty(RebalancePlan.Of(Counts(counts), Silos[0], counts.Sum(), 1000));

    [Fact]
    public void Of_large_surplus_is_given_in_bounded_steps_in_proportion_to_the_gaps()
    {
        var gifts = RebalancePlan.Of(Counts(1000, 100, 100, 0), Silos[0], 1200, 70);

        Assert.Equal([(Silos[1], 20), (Silos[2], 20), (Silos[3], 30)], gifts);
    }

    [Fact]
    public void Of_silo_below_the_mean_gives_nothing() => Assert.Empty(RebalancePlan.Of(Counts(10, 100, 100, 100), Silos[0], 310, 1000));

    [Fact]
    public void Of_conversations_on_their_way_are_not_given_again() => Assert.Empty(RebalancePlan.Of(Counts(100, 100, 0), Silos[0], 300, 1000));

    private static Dictionary<SiloAddress, int> Counts(params int[] counts) =>
        counts.Index().ToDictionary(count => Silos[count.Index], count => count.Item);
}
