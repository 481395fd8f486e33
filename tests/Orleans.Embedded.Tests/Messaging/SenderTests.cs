using Orleans.Runtime;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Messaging;

/// <summary>Senders to silos that are gone.</summary>
public sealed class SenderTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly InProcessTestCluster _cluster = new InProcessTestClusterBuilder(2).Build();

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>What happens to one that asked for a sender when the view changed: nobody is left who would end it.</summary>
    [Fact]
    public async Task Sender_madeForASiloThatIsGone_endsByItself()
    {
        var (silo, other) = (_cluster.Silos[0].Runtime, _cluster.Silos[1].SiloAddress);
        var gone = SiloAddress.New(other.Endpoint.Address, other.Endpoint.Port, other.Generation - 1);
        Assert.True(silo.Membership.Current.IsGone(gone));

        silo.Connections.Watch(gone);

        using var patience = new CancellationTokenSource(Patience);
        while (silo.Connections.HasSenderTo(gone))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }
}
