using Granary.Host.Local;

namespace Granary.Cluster.Tests.Zones;

/// <summary>A cluster of its own, since a silo of it dies.</summary>
public sealed class SiloDeathTests(ThreeZones cluster) : IClassFixture<ThreeZones>
{
    [Fact]
    public async Task Kill9_ofASilo_conversationsGoOnFromTheirTranscript()
    {
        // One conversation begun at each gateway: their grains spread over the silos, so that the kill hits some.
        var sessions = new List<string>();
        foreach (var silo in cluster.Silos)
        {
            var session = await RunningCluster.CreateAsync(silo.Url!);
            await RunningCluster.SayAsync(silo.Url!, session, "Hello");
            sessions.Add(session);
        }

        var victim = cluster.Silos[2];
        var survivor = cluster.Silos[0].Url!;
        victim.Signal(ManagedProcess.Kill);

        foreach (var session in sessions)
        {
            var reply = await RunningCluster.RetryAsync(() => RunningCluster.SayAsync(survivor, session, "Hello"));
            Assert.Equal("stop", reply.FinishReason);
            Assert.NotEqual(victim.Name, reply.Silo);
            Assert.True((await RunningCluster.HistoryAsync(survivor, session)).Length >= 4);
        }
    }
}
