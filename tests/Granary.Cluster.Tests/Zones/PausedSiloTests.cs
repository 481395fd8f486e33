using Granary.Host.Local;

namespace Granary.Cluster.Tests.Zones;

/// <summary>A process that hangs looks dead to the others; when it goes on, it must not run what they run by then.</summary>
public sealed class PausedSiloTests(PausedSiloTests.PausedZones cluster) : IClassFixture<PausedSiloTests.PausedZones>
{
    private const int Stop = 19;
    private const int Continue = 18;

    [Fact]
    public async Task PausedSilo_losesItsConversationsToTheOthers_andEndsWhenItGoesOn()
    {
        var sessions = new List<string>();
        foreach (var silo in cluster.Silos)
        {
            var session = await RunningCluster.CreateAsync(silo.Url!);
            await RunningCluster.SayAsync(silo.Url!, session, "Hello");
            sessions.Add(session);
        }

        var paused = cluster.Silos[2];
        var survivor = cluster.Silos[0].Url!;
        Assert.Contains(paused.Url, await GatewaysAsync(survivor));
        paused.Signal(Stop);
        try
        {
            foreach (var session in sessions)
            {
                var reply = await RunningCluster.RetryAsync(() => RunningCluster.SayAsync(survivor, session, "Hello"));
                Assert.Equal("stop", reply.FinishReason);
                Assert.NotEqual(paused.Name, reply.Silo);
                Assert.True((await RunningCluster.HistoryAsync(survivor, session)).Length >= 4);
            }

            await UntilGivenUpAsync(survivor, paused.Url!);
            Assert.True(paused.IsAlive());
        }
        finally
        {
            paused.Signal(Continue);
        }

        // The end of a process that is not this one's child is seen by looking.
        // It leaves by itself, after a shutdown that may take its whole time limit, since nobody talks to it any more.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (paused.IsAlive())
        {
            await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>Turns leave a silent silo at once; the others declare it dead a little later.</summary>
    private static async Task UntilGivenUpAsync(Uri survivor, Uri paused)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await GatewaysAsync(survivor)).Contains(paused))
        {
            await Task.Delay(100, deadline.Token);
        }
    }

    private static async Task<Uri[]> GatewaysAsync(Uri gateway)
    {
        await using var hub = await RunningCluster.ConnectAsync(gateway);
        return await hub.InvokeAsync<Uri[]>("Gateways", CancellationToken.None);
    }

    public sealed class PausedZones() : RunningCluster("up", "--zones", "3");
}
