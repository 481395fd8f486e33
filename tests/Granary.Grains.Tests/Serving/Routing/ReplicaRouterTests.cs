using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Shards;
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
    public async Task Generate_replica_that_gives_signs_of_life_and_then_refuses_is_left_for_another()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var router = cluster.Silo(0).GetRequiredService<IReplicaRouter>();
        var own = (await ReadAsync(router))[0].Replica!.Silo;
        cluster.Script.Refusing[own] = new GranaryException(ErrorCode.Overloaded, "Full.");
        cluster.Script.RefusesAfter = Heartbeats.Period * 1.5;

        var outputs = await ReadAsync(router);

        var other = outputs.FindIndex(output => output.Replica is not null);
        Assert.NotEqual(own, outputs[other].Replica!.Silo);
        Assert.Contains(outputs[..other], output => output.Frame!.IsHeartbeat);
        Assert.DoesNotContain(outputs[..other], output => output.Frame is not { IsHeartbeat: true });
        Assert.Equal(5, outputs.Sum(output => output.Frame?.Tokens.Length ?? 0));
    }

    // Orleans takes half a minute to end a stream whose writer is stuck, and half a minute more to end its silo.
    [Fact, Trait("Category", "Slow")]
    public async Task Generate_replica_that_is_left_after_a_silence_is_not_the_first_choice()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var router = cluster.Silo(0).GetRequiredService<IReplicaRouter>();
        var own = (await ReadAsync(router))[0].Replica!.Silo;
        cluster.Script.IsLate = true;
        cluster.Script.For("silent").Steps = new SemaphoreSlim(0);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var output in router.GenerateAsync(GranaryCluster.Model, new GenerateRequest { RequestId = "silent", Prompts = [new RawPrompt("Hi")] }, cancellationToken: patience.Token))
            {
                Assert.Fail("It was to be silent.");
            }
        });

        Assert.NotEqual(own, (await ReadAsync(router))[0].Replica!.Silo);
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
        await foreach (var output in router.GenerateAsync(GranaryCluster.Model, new GenerateRequest { RequestId = Guid.NewGuid().ToString(), Prompts = [new RawPrompt("Hi")] }))
        {
            outputs.Add(output);
        }

        return outputs;
    }
}
