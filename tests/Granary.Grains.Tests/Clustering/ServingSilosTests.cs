using System.Net;
using Granary.Cluster;
using Granary.Clustering;
using Microsoft.Extensions.Options;

namespace Granary.Grains.Tests.Clustering;

public sealed class ServingSilosTests
{
    private static readonly SiloAddress[] Silos = [.. Enumerable.Range(1, 3).Select(port => SiloAddress.New(IPAddress.Loopback, port, 1))];
    private static readonly string[] Zones = ["a", "b", "b"];

    private readonly LocalDrain _drain = new();
    private readonly ServingSilos _serving;

    public ServingSilosTests() => _serving = new(new Members(), new LocalSilo(new Details(), Options.Create(new SiloSettings { Zone = "a" })), _drain);

    [Fact]
    public void All_without_decisions_is_everybody()
    {
        Assert.False(_serving.IsKnown);
        Assert.Equal(3, _serving.All.Count);
    }

    [Fact]
    public void All_leaves_out_draining_silos_and_evacuated_zones()
    {
        _serving.Update(new ClusterControl { Version = 1, EvacuatedZones = ["b"] });
        Assert.Equal(Silos[..1], _serving.All.Select(member => member.Address));
        Assert.False(_serving.OthersServe);
        Assert.False(_serving.IsEvacuated);

        _serving.Update(new ClusterControl { Version = 2, DrainingSilos = [Silos[0].ToParsableString(), Silos[2].ToParsableString()] });
        Assert.Equal([Silos[1]], _serving.All.Select(member => member.Address));
        Assert.True(_serving.IsLeaving);
        Assert.True(_serving.OthersServe);
    }

    [Fact]
    public void IsServing_own_silo_that_drains_is_not_before_anybody_was_told()
    {
        _drain.Begin();

        Assert.False(_serving.IsServing(Silos[0]));
        _drain.End();
        Assert.True(_serving.IsServing(Silos[0]));
    }

    [Fact]
    public void Filter_keeps_everybody_where_nobody_serves()
    {
        var filter = new ServingSilosPlacementFilterDirector(_serving);
        _serving.Update(new ClusterControl { Version = 1, DrainingSilos = [Silos[1].ToParsableString()] });

        Assert.Equal([Silos[0], Silos[2]], filter.Filter(new ServingSilosPlacementFilter(), default, Silos));
        Assert.Equal([Silos[1]], filter.Filter(new ServingSilosPlacementFilter(), default, [Silos[1]]));
    }

    private sealed class Members : ISiloMembers
    {
        public IReadOnlyList<SiloMember> Active => [.. Silos.Select((silo, index) => new SiloMember(silo, $"silo-{index}", Zones[index]))];

        public string Zone(SiloAddress silo) => Zones[Array.IndexOf(Silos, silo)];
    }

    private sealed class Details : ILocalSiloDetails
    {
        public string Name => "silo-0";

        public string ClusterId => "test";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => Silos[0];

        public SiloAddress GatewayAddress => Silos[0];
    }
}
