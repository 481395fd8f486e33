using System.Text.Json;

namespace Granary.Cluster.Tests.Zones;

public sealed class ZoneTests(ThreeZones cluster) : IClassFixture<ThreeZones>
{
    [Fact]
    public async Task Status_ofThreeZones_showsThreeSilosZonesAndReplicas()
    {
        var result = await cluster.Cli.RunAsync("cluster", "status", "--json", "--url", cluster.Silos[1].Url!.ToString());

        Assert.Equal(0, result.ExitCode);
        var status = JsonDocument.Parse(result.Output).RootElement;
        var silos = status.GetProperty("silos").EnumerateArray().ToList();
        Assert.Equal(["az-a", "az-b", "az-c"], silos.Select(silo => silo.GetProperty("zone").GetString()).Order());
        Assert.All(silos, silo => Assert.Equal("active", silo.GetProperty("status").GetString(), ignoreCase: true));
        var model = Assert.Single(status.GetProperty("models").EnumerateArray());
        Assert.Equal(3, model.GetProperty("replicas").GetArrayLength());
    }

    [Fact]
    public async Task Conversation_begunOnOneGateway_continuesOnAnother()
    {
        var session = await RunningCluster.CreateAsync(cluster.Silos[0].Url!);
        var first = await RunningCluster.SayAsync(cluster.Silos[0].Url!, session, "Hello");
        var second = await RunningCluster.SayAsync(cluster.Silos[1].Url!, session, "What is Kubernetes?");
        var history = await RunningCluster.HistoryAsync(cluster.Silos[2].Url!, session);

        Assert.Equal("stop", first.FinishReason);
        Assert.StartsWith("az-", first.Zone, StringComparison.Ordinal);
        Assert.Equal(["Hello", first.Text, "What is Kubernetes?", second.Text], history.Select(message => message.Content));
    }
}
