using Granary.Clustering;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Serving.Routing;

public sealed class ReplicaLoadsTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly ManualTime _time = new();

    private ReplicaLoads New() => new(silos.Cluster.Silo(0).GetRequiredService<LocalSilo>(), _time);

    [Fact]
    public void Describe_adds_what_was_sent_since_the_report_and_takes_off_what_came_back()
    {
        var loads = New();
        Send(loads, 3);
        var report = Candidates.New("a", 0, running: 5); // three of them are this silo's

        Assert.Equal((5, 0), Load(loads, report));
        Send(loads, 4);
        Assert.Equal((8, 1), Load(loads, report)); // eight slots
        for (var i = 0; i < 7; i++)
        {
            loads.Left("a");
        }

        Assert.Equal((2, 0), Load(loads, report));
        Assert.Equal((4, 3), Load(loads, Candidates.New("a", 0, running: 4, waiting: 3)));
    }

    [Fact]
    public void Describe_knows_the_response_time_and_forgets_it_by_and_by()
    {
        var loads = New();
        var report = Candidates.New("a", 0);
        Assert.Null(loads.Describe(report).ResponseTime);

        Send(loads, 1);
        loads.Answered("a", TimeSpan.FromMilliseconds(800));
        loads.Answered("a", TimeSpan.FromMilliseconds(1600));
        Assert.Equal(900, loads.Describe(report).ResponseTime!.Value.TotalMilliseconds);

        _time.Advance(2 * ReplicaLoads.HalfLife);
        Assert.Equal(225, loads.Describe(report).ResponseTime!.Value.TotalMilliseconds);
    }

    [Fact]
    public void Describe_says_how_far_a_replica_is()
    {
        var (loads, silo) = (New(), silos.Cluster.Silo(0).GetRequiredService<LocalSilo>());
        var own = Candidates.New("a", 0) with { Silo = silo.Name, Zone = silo.Zone };

        Assert.Equal((0, 1, 2), (loads.Describe(own).Distance, loads.Describe(own with { Silo = "near" }).Distance, loads.Describe(own with { Silo = "far", Zone = "far" }).Distance));
    }

    private static void Send(ReplicaLoads loads, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            loads.Sent("a");
        }
    }

    private static (int Running, int Waiting) Load(ReplicaLoads loads, ReplicaDescriptor report) =>
        loads.Describe(report) is var seen ? (seen.Running, seen.Waiting) : default;
}
