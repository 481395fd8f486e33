namespace Granary.Conformance.Activation;

public sealed class ActivationTests(SharedCluster cluster)
{
    [Fact]
    public async Task FirstCalls_fromAllSilosAtOnce_meetOneActivation()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = SharedCluster.NewKey();
            var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Grain(key, i % SharedCluster.SiloCount).CallAsync()));

            Assert.Single(answers.DistinctBy(answer => answer.Activation));
            Assert.Equal(Enumerable.Range(1, 30), answers.Select(answer => answer.Calls).Order());
        }
    }

    [Fact]
    public async Task FailureInOnActivate_reachesTheCaller_andTheNextCallTriesAgain()
    {
        var key = "broken" + SharedCluster.NewKey();
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Grain(key, 0).CallAsync());
        Assert.Contains("Cannot wake.", error.ToString(), StringComparison.Ordinal);

        await Assert.ThrowsAnyAsync<Exception>(() => Grain(key, 1).CallAsync());
        Assert.True(ActivationGrainBase.Activations[key] >= 2);
    }

    [Fact]
    public async Task DeactivateOnIdle_whileACallRuns_letsItFinish_andQueuedCallsMeetTheNextActivation()
    {
        var key = SharedCluster.NewKey();
        var running = Grain(key, 0).HoldAsync();
        await Signals.WaitAsync($"{key}/in");
        var queued = Enumerable.Range(0, 12).Select(i => Grain(key, i % SharedCluster.SiloCount).CallAsync()).ToArray();
        await Grain(key, 0).DeactivateAsync();
        Assert.Equal(0, Signals.Count($"{key}/deactivated"));
        Signals.Raise($"{key}/go");

        var first = await running;
        Assert.Equal(1, first.Calls);
        var later = await Task.WhenAll(queued);
        Assert.NotEqual(first.Activation, Assert.Single(later.DistinctBy(answer => answer.Activation)).Activation);
        Assert.Equal(Enumerable.Range(1, 12), later.Select(answer => answer.Calls).Order());
        Assert.Equal(2, ActivationGrainBase.Activations[key]);
    }

    [Fact]
    public async Task DeactivateOnIdle_runsOnDeactivateWithItsReason()
    {
        var key = SharedCluster.NewKey();
        var first = await Grain(key, 0).CallAsync();
        await Grain(key, 0).DeactivateAsync();
        await Signals.WaitAsync($"{key}/deactivated");

        Assert.Equal(DeactivationReasonCode.ApplicationRequested, ActivationGrainBase.Reasons[key]);
        Assert.NotEqual(first.Activation, (await Grain(key, 2).CallAsync()).Activation);
    }

    [Fact]
    public async Task Calls_duringEndlessDeactivations_areAnsweredOnce()
    {
        var key = SharedCluster.NewKey();
        var answered = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 120), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            if (i % 10 == 9)
            {
                await Grain(key, i % SharedCluster.SiloCount).DeactivateAsync();
            }

            await Grain(key, i % SharedCluster.SiloCount).CallAsync();
            Interlocked.Increment(ref answered);
        });

        Assert.Equal(120, answered);
    }

    private IActivationGrain Grain(string key, int fromSilo) => cluster.From(fromSilo).GetGrain<IActivationGrain>(key, typeof(ActivationGrain).FullName);
}
