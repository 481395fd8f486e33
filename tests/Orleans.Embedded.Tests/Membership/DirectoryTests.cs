using Orleans.Embedded.Tests.Generator;
using Orleans.Runtime.Membership;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Membership;

/// <summary>Silos that join, leave, suspect one another and are declared dead.</summary>
public sealed class DirectoryTests : IAsyncLifetime
{
    private const int Grains = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly InProcessTestCluster _cluster = new InProcessTestClusterBuilder(3).Build();

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Join_andLeave_keepWarmGrains_andTheirEntriesMove()
    {
        await CallAllAsync();
        var warm = Activations();
        Assert.Equal(Grains, warm.Count);

        var added = await _cluster.StartAdditionalSiloAsync();
        await CallAllAsync();
        Assert.Equal(warm, Activations());

        var leaving = _cluster.Silos[1];
        var lost = warm.Where(activation => activation.Value.Silo.Equals(leaving.SiloAddress)).Select(activation => activation.Key).ToHashSet();
        await _cluster.StopSiloAsync(leaving);
        await CallAllAsync();

        var after = Activations();
        Assert.Equal(Grains, after.Count);
        Assert.Equal(
            warm.Where(activation => !lost.Contains(activation.Key)).OrderBy(activation => activation.Key.ToString(), StringComparer.Ordinal),
            after.Where(activation => !lost.Contains(activation.Key)).OrderBy(activation => activation.Key.ToString(), StringComparer.Ordinal));
        Assert.True(added.Runtime.Directory.Partition.Count > 0);
        Assert.Equal(Grains, _cluster.Silos.Sum(silo => silo.Runtime.Directory.Partition.Count));
    }

    [Fact]
    public async Task Suspect_ofOneSilo_isAVote_andTheSecondDeclaresDead_andTheVictimStops()
    {
        var (first, second, victim) = (_cluster.Silos[0].Runtime, _cluster.Silos[1].Runtime, _cluster.Silos[2].Runtime);

        await first.Membership.SuspectAsync(victim.Address, isConclusive: false);
        Assert.Equal(SiloStatus.Active, first.Membership.Current.StatusOf(victim.Address));
        await first.Membership.SuspectAsync(victim.Address, isConclusive: false);
        Assert.Equal(SiloStatus.Active, first.Membership.Current.StatusOf(victim.Address));

        await second.Membership.SuspectAsync(victim.Address, isConclusive: false);
        Assert.Equal(SiloStatus.Dead, second.Membership.Current.StatusOf(victim.Address));
        await EventuallyAsync(() => victim.IsStopped);
    }

    [Fact]
    public async Task Call_onAConnectionThatBreaks_failsAtOnce_andLaterOnesArrive()
    {
        var (caller, callee) = (_cluster.Silos[0].Runtime, _cluster.Silos[1].Runtime);
        var pending = caller.SystemTargets.Get<Orleans.Runtime.Management.ISiloControl>(callee.Address);
        Assert.True(await pending.ProbeAsync() > 0);
        // Waits at the callee for a view that never comes.
        var waiting = caller.SystemTargets.Get<Orleans.Runtime.Directory.IDirectoryTarget>(callee.Address).RecoverAsync(int.MaxValue, caller.Address);
        await pending.ProbeAsync();

        callee.Connections.SiloDied(caller.Address);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting.WaitAsync(Patience));
        // The other direction's connection breaks, too, and may take a call with it.
        using var patience = new CancellationTokenSource(Patience);
        while (await Record.ExceptionAsync(pending.ProbeAsync) is not null)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private Task<int[]> CallAllAsync() => Task.WhenAll(Enumerable.Range(0, Grains).Select(key => _cluster.Client.GetGrain<ISampleGrain>($"warm-{key}").AddAsync(1, 1)));

    private Dictionary<GrainId, ActivationAddress> Activations() => _cluster.Silos
        .SelectMany(silo => silo.Runtime.Catalog.Activations)
        .Where(activation => activation.GrainId.Key.ToString()!.StartsWith("warm-", StringComparison.Ordinal))
        .ToDictionary(activation => activation.GrainId, activation => activation.Address);
}
