using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Serving;

public sealed class ReplicaRouterTests
{
    [Fact]
    public async Task Generate_full_replica_tries_the_other_one()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var router = cluster.Silo(0).GetRequiredService<IReplicaRouter>();
        var own = (await ReadAsync(router))[0].Replica!.Silo;
        cluster.Script.Refusing[own] = new GranaryException(ErrorCode.Overloaded, "Full.");

        var other = (await ReadAsync(router))[0].Replica!.Silo;

        Assert.NotEqual(own, other);
        cluster.Script.Refusing[other] = new GranaryException(ErrorCode.Overloaded, "Full.");
        await ReadAsync(router).RefusesAsync(ErrorCode.Overloaded);
    }

    [Fact]
    public async Task Generate_prefers_the_own_silo()
    {
        await using var cluster = await GranaryCluster.StartAsync();

        for (var i = 0; i < 2; i++)
        {
            var router = cluster.Silo(i).GetRequiredService<IReplicaRouter>();
            Assert.Equal(cluster.Silo(i).GetRequiredService<ILocalSiloDetails>().Name, (await ReadAsync(router))[0].Replica!.Silo);
        }
    }

    [Fact]
    public async Task Generate_after_a_silo_died_goes_to_the_other_and_its_shard_is_refused()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var router = cluster.Silo(0).GetRequiredService<IReplicaRouter>();
        var dead = (await cluster.Client.GetGrain<IModelGrain>(GranaryCluster.Model).GetReplicasAsync())
            .Single(replica => replica.Silo == cluster.Silo(1).GetRequiredService<ILocalSiloDetails>().Name);
        var survivor = cluster.Silo(0);

        await cluster.Inner.KillSiloAsync(cluster.Inner.Silos[1]);

        var shard = survivor.GetRequiredService<IGrainFactory>().GetGrain<IShardGrain>(dead.ShardKey);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => shard.DescribeAsync());
        Assert.Equal(ErrorCode.Unavailable, GrainErrors.Translate(error).Code);
        Assert.NotEqual(dead.Silo, (await ReadAsync(router))[0].Replica!.Silo);
    }

    private static async Task<List<ReplicaOutput>> ReadAsync(IReplicaRouter router)
    {
        var outputs = new List<ReplicaOutput>();
        await foreach (var output in router.GenerateAsync(GranaryCluster.Model, new GenerateRequest { RequestId = Guid.NewGuid().ToString(), Prompt = "Hi" }))
        {
            outputs.Add(output);
        }

        return outputs;
    }
}
