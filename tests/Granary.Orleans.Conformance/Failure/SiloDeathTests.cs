using Orleans.Configuration;
using Orleans.Hosting;

namespace Granary.Conformance.Failure;

/// <summary>Each test kills the newest silo of its cluster, and adds one before if need be.</summary>
public sealed class SiloDeathTests(SiloDeathTests.MortalCluster cluster) : IClassFixture<SiloDeathTests.MortalCluster>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Grain_ofAKilledSilo_answersElsewhere_andItsCallsFail_andOthersStayWarm()
    {
        var victim = await cluster.Cluster.StartAdditionalSiloAsync();
        var survivor = cluster.Silo(0);
        var survivors = await PlaceAsync(survivor, 20);
        var lost = await PlaceAsync(victim.SiloAddress, 20);
        var (hanging, streaming) = ((await PlaceAsync(victim.SiloAddress, 1))[0].Grain, (await PlaceAsync(victim.SiloAddress, 1))[0].Grain);
        var call = hanging.HangAsync();
        await Signals.WaitAsync($"{hanging.GetPrimaryKeyString()}/in");
        await using var items = streaming.HangAfterOneAsync().GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync());
        var nextItem = items.MoveNextAsync().AsTask();
        await Signals.WaitAsync($"{streaming.GetPrimaryKeyString()}/in");

        await cluster.Cluster.KillSiloAsync(victim);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call.WaitAsync(Patience));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => nextItem.WaitAsync(Patience));
        var revived = await Task.WhenAll(lost.Select(grain => AnswerAsync(grain.Grain)));
        Assert.All(revived, answer => Assert.NotEqual(victim.SiloAddress, answer.Silo));
        Assert.Empty(revived.Select(answer => answer.Activation).Intersect(lost.Select(grain => grain.Activation)));
        var still = await Task.WhenAll(survivors.Select(grain => AnswerAsync(grain.Grain)));
        Assert.Equal(survivors.Select(grain => grain.Activation), still.Select(answer => answer.Activation));
    }

    [Fact]
    public async Task Grains_ofASiloThatStops_answerElsewhere_withoutAFailedCall()
    {
        var leaving = await cluster.Cluster.StartAdditionalSiloAsync();
        var grains = await PlaceAsync(leaving.SiloAddress, 20);
        var stopping = cluster.Cluster.StopSiloAsync(leaving);
        var answered = 0;
        while (!stopping.IsCompleted || answered == 0)
        {
            await Task.WhenAll(grains.Select(grain => AnswerAsync(grain.Grain)));
            answered++;
        }

        await stopping;
        var answers = await Task.WhenAll(grains.Select(grain => AnswerAsync(grain.Grain)));
        Assert.All(answers, answer => Assert.NotEqual(leaving.SiloAddress, answer.Silo));
    }

    [Fact]
    public async Task NewSilo_takesPart()
    {
        var added = await cluster.Cluster.StartAdditionalSiloAsync();
        Assert.Equal(added.SiloAddress, (await PlaceAsync(added.SiloAddress, 1))[0].Silo);
        await cluster.Cluster.StopSiloAsync(added);
    }

    private Task<(IFailureGrain Grain, Guid Activation, SiloAddress Silo)[]> PlaceAsync(SiloAddress silo, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => PlaceAsync(silo)));

    /// <summary>Placing silos follow a hint once they know the silo that it names.</summary>
    private async Task<(IFailureGrain Grain, Guid Activation, SiloAddress Silo)> PlaceAsync(SiloAddress silo)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var grain = cluster.From(1).GetGrain<IFailureGrain>(SharedCluster.NewKey());
            var (activation, where) = await ClusterFixture.AtAsync(silo, () => grain.CallAsync());
            if (where.Equals(silo))
            {
                return (grain, activation, where);
            }

            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>While the death is not known everywhere a call may be refused; a caller repeats it.</summary>
    private static async Task<(Guid Activation, SiloAddress Silo)> AnswerAsync(IFailureGrain grain)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await grain.CallAsync();
            }
            catch (Exception error) when (error is SiloUnavailableException or OrleansMessageRejectionException)
            {
                await pause.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    public sealed class MortalCluster() : ClusterFixture(2)
    {
        protected override void Configure(ISiloBuilder silo)
        {
            silo.UseTightMembership();
            silo.AddDistributedGrainDirectory();
            silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.FromSeconds(2));
        }
    }
}
