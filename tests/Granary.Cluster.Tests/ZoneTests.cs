using System.Text.Json;
using Granary.Host.Local;

namespace Granary.Cluster.Tests;

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
            var reply = await RetryAsync(() => RunningCluster.SayAsync(survivor, session, "Hello"));
            Assert.Equal("stop", reply.FinishReason);
            Assert.NotEqual(victim.Name, reply.Silo);
            Assert.True((await RunningCluster.HistoryAsync(survivor, session)).Length >= 4);
        }
    }

    // While the death is not yet declared a turn may be refused with a retryable code; a client repeats it, as documented.
    private static async Task<T> RetryAsync<T>(Func<Task<T>> action)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Host.Chat.HubException refusal) when (refusal.Code is "unavailable" or "session_busy"
                && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(100);
            }
        }
    }
}
