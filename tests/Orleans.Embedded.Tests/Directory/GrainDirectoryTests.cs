using Orleans.Embedded.Tests.Generator;
using Orleans.Runtime.Directory;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Directory;

/// <summary>Entries of activations that are no more, where nobody could take them out, and grains that are there twice.</summary>
public sealed class GrainDirectoryTests : IAsyncLifetime
{
    private const int Grains = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly InProcessTestCluster _cluster = new InProcessTestClusterBuilder(2).Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Lookup_ofAnActivationThatIsNoMore_leadsToANewOne()
    {
        for (var key = 0; key < Grains; key++)
        {
            await EnterAsync(new(Id(key), _cluster.Silos[0].SiloAddress, 1), null);
        }

        await CallAllAsync();

        Assert.Equal(Grains, Activations(0).Count);
    }

    [Fact]
    public async Task Recovery_whereAnActivationWasEnteredThatIsNoMore_keepsTheOneThatIs()
    {
        await CallAllAsync();
        var living = Activations(1);
        Assert.NotEmpty(living);
        foreach (var address in living)
        {
            await EnterAsync(new(address.Grain, _cluster.Silos[0].SiloAddress, 1), address);
        }

        await _cluster.StartAdditionalSiloAsync();
        await CallAllAsync();

        Assert.Equal(living, Activations(1));
    }

    [Fact]
    public async Task Recovery_whereTwoActivationsLive_endsOne()
    {
        await CallAllAsync();
        var twice = Activations(1);
        Assert.NotEmpty(twice);
        var other = _cluster.Silos[0].Runtime;
        foreach (var address in twice)
        {
            await other.Directory.UnregisterAsync(address, Token);
            var made = (Activation)other.Catalog.GetOrCreate(address.Grain, other.Types.Find(address.Grain.Type)!, null, null, out _);
            Assert.True(await made.Registered);
        }

        Assert.Equal(Grains + twice.Count, Activations(0).Count + Activations(1).Count);
        await _cluster.StartAdditionalSiloAsync();

        using var patience = new CancellationTokenSource(Patience);
        while (Activations(0).Count + Activations(1).Count > Grains)
        {
            await Task.Delay(10, patience.Token);
        }

        Assert.Equal(Grains, Activations(0).Concat(Activations(1)).DistinctBy(address => address.Grain).Count());
    }

    private static GrainId Id(int key) => GrainId.Create("custom", $"kept-{key}");

    private Task<int[]> CallAllAsync() =>
        Task.WhenAll(Enumerable.Range(0, Grains).Select(key => _cluster.Client.GetGrain<ISampleGrain>($"kept-{key}").AddAsync(1, 1))).WaitAsync(Patience, Token);

    private List<ActivationAddress> Activations(int silo) =>
    [
        .. _cluster.Silos[silo].Runtime.Catalog.Activations.Where(activation => activation.GrainId.Key.ToString()!.StartsWith("kept-", StringComparison.Ordinal))
            .Select(activation => activation.Address).OrderBy(address => address.Grain.ToString(), StringComparer.Ordinal),
    ];

    private async Task EnterAsync(ActivationAddress address, ActivationAddress? replaces)
    {
        var directory = _cluster.Silos[0].Runtime;
        var ring = directory.Directory.Partition.Ring;
        var answer = await directory.SystemTargets.Get<IDirectoryTarget>(ring.OwnerOf(address.Grain)!).RegisterAsync(ring.View, address, replaces);
        Assert.Equal(address, answer.Address);
    }
}
