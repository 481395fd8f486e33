using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Messaging;

/// <summary>Calls from a silo that has stopped, by services of its host that have not.</summary>
public sealed class StoppedSiloTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly InProcessTestCluster _cluster = new InProcessTestClusterBuilder(2).Build();

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>Nobody looks for timeouts there any more: it would be waited for without end.</summary>
    [Fact]
    public async Task Call_ofASiloThatHasStopped_failsAtOnce()
    {
        var stopped = _cluster.Silos[1];
        var management = stopped.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        await management.GetHosts(onlyActive: true);

        await stopped.Runtime.AbortAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => management.GetHosts(onlyActive: true).WaitAsync(Patience, TestContext.Current.CancellationToken));
    }
}
