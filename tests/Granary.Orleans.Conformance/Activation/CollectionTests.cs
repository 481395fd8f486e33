namespace Granary.Conformance.Activation;

/// <summary>Collects what is idle, so it has a silo of its own.</summary>
public sealed class CollectionTests(CollectionTests.OneSilo cluster) : IClassFixture<CollectionTests.OneSilo>
{
    private readonly IManagementGrain _management = cluster.Client.GetGrain<IManagementGrain>(0);

    [Fact]
    public async Task Collection_ofIdleGrains_sparesKeepAliveAndDelayed()
    {
        var (idleKey, delayedKey) = (SharedCluster.NewKey(), SharedCluster.NewKey());
        var (idle, delayed) = (Grain(idleKey), Grain(delayedKey));
        var kept = cluster.Client.GetGrain<IKeptGrain>(SharedCluster.NewKey());
        var (idleBefore, delayedBefore, keptBefore) = (await idle.CallAsync(), await delayed.CallAsync(), await kept.CallAsync());
        await delayed.DelayDeactivationAsync(TimeSpan.FromHours(1));

        await CollectAsync();
        await Signals.WaitAsync($"{idleKey}/deactivated");

        Assert.Equal(DeactivationReasonCode.ActivationIdle, ActivationGrainBase.Reasons[idleKey]);
        Assert.NotEqual(idleBefore.Activation, (await idle.CallAsync()).Activation);
        Assert.Equal(delayedBefore.Activation, (await delayed.CallAsync()).Activation);
        Assert.Equal(keptBefore.Activation, (await kept.CallAsync()).Activation);
    }

    [Fact]
    public async Task Collection_ofABusyGrain_leavesItAlone()
    {
        var key = SharedCluster.NewKey();
        var running = Grain(key).HoldAsync();
        await Signals.WaitAsync($"{key}/in");
        await CollectAsync();
        Signals.Raise($"{key}/go");

        Assert.Equal(1, (await running).Calls);
    }

    private IActivationGrain Grain(string key) => cluster.Client.GetGrain<IActivationGrain>(key, typeof(ActivationGrain).FullName);

    private Task CollectAsync() => _management.ForceActivationCollection(TimeSpan.Zero);

    public sealed class OneSilo() : ClusterFixture(1);
}
