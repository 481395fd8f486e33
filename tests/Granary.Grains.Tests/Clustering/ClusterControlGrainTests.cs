using Granary.Cluster;
using Granary.Clustering;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Clustering;

public sealed class ClusterControlGrainTests
{
    [Fact]
    public async Task Zone_evacuated_and_restored_reaches_every_silo_within_a_second()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var control = Control(cluster);

        await control.EvacuateAsync("zone-2");
        await WaitAsync(cluster, serving => serving.Control.EvacuatedZones is ["zone-2"]);
        Assert.All(Serving(cluster), serving => Assert.Equal("zone-1", Assert.Single(serving.All).Zone));
        Assert.Contains(cluster.Inner.Silos, silo => silo.ServiceProvider.GetRequiredService<LocalDrain>().IsDraining);

        await control.RestoreAsync("zone-2");
        await WaitAsync(cluster, serving => serving.All.Count == 2);
        Assert.DoesNotContain(cluster.Inner.Silos, silo => silo.ServiceProvider.GetRequiredService<LocalDrain>().IsDraining);
    }

    [Fact]
    public async Task Wrong_names_and_the_last_zone_are_refused_with_what_there_is()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var control = Control(cluster);

        Assert.Contains("zone-1, zone-2", (await control.EvacuateAsync("zone-9").RefusesAsync(ErrorCode.InvalidRequest)).Message, StringComparison.Ordinal);
        Assert.Contains("zone-1, zone-2", (await control.RestoreAsync("zone-9").RefusesAsync(ErrorCode.InvalidRequest)).Message, StringComparison.Ordinal);
        var name = cluster.Silo(0).GetRequiredService<ILocalSiloDetails>().Name;
        Assert.Contains(name, (await control.DrainAsync("nobody").RefusesAsync(ErrorCode.InvalidRequest)).Message, StringComparison.Ordinal);
        await control.EvacuateAsync("zone-1");
        await control.EvacuateAsync("zone-2").RefusesAsync(ErrorCode.InvalidRequest);
        Assert.Equal(["zone-1"], (await control.EvacuateAsync("zone-1")).EvacuatedZones);
    }

    [Fact]
    public async Task Evacuation_survives_a_restart_of_all_silos()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await GranaryCluster.StartAsync(database: folder.File("granary.db")))
        {
            await Control(before).EvacuateAsync("zone-1");
        }

        await using var after = await GranaryCluster.StartAsync(database: folder.File("granary.db"));

        Assert.Equal(["zone-1"], (await Control(after).GetAsync()).EvacuatedZones);
    }

    [Fact]
    public async Task Evacuation_that_cannot_be_stored_does_not_hold()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Control(cluster).GetAsync();
        cluster.Fault.IsAway = true;

        await Control(cluster).EvacuateAsync("zone-1").RefusesAsync(ErrorCode.StoreUnavailable);

        Assert.Empty((await Control(cluster).GetAsync()).EvacuatedZones);
    }

    [Fact]
    public async Task Evacuated_zone_gets_no_generation_while_another_serves()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        await Control(cluster).EvacuateAsync("zone-1");
        await WaitAsync(cluster, serving => serving.Control.EvacuatedZones.Length == 1);

        foreach (var silo in cluster.Inner.Silos)
        {
            var router = silo.ServiceProvider.GetRequiredService<IReplicaRouter>();
            await foreach (var output in router.GenerateAsync(GranaryCluster.Model, new GenerateRequest { RequestId = Guid.NewGuid().ToString(), Prompts = [new RawPrompt("Hi")] }))
            {
                Assert.Equal("zone-2", output.Replica?.Zone ?? "zone-2");
            }
        }
    }

    private static IClusterControlGrain Control(GranaryCluster cluster) => cluster.Client.GetGrain<IClusterControlGrain>(IClusterControlGrain.Key);

    private static IEnumerable<ServingSilos> Serving(GranaryCluster cluster) => cluster.Inner.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ServingSilos>());

    private static async Task WaitAsync(GranaryCluster cluster, Func<ServingSilos, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!Serving(cluster).All(condition))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
