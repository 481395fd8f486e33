using Orleans.Embedded.Tests.Generator;
using Orleans.Runtime.Management;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;

namespace Orleans.Embedded.Tests.Migration;

/// <summary>What becomes of grains that move when something else happens at the same time.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private const int Grains = 40;

    private readonly InProcessTestCluster _cluster = new InProcessTestClusterBuilder(2).Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Accept_whereAnOlderActivationStillIs_doesNotTakeItForTheNewOne()
    {
        await Grain(0).AddAsync(1, 1);
        var (here, activation) = _cluster.Silos.Select(silo => (silo.Runtime, Activation: silo.Runtime.Catalog.Find(Id(0)))).Single(found => found.Activation is not null);
        var elsewhere = new ActivationAddress(Id(0), _cluster.Silos.Single(silo => silo.Runtime != here).SiloAddress, 1);

        Assert.False(await here.SystemTargets.Get<ISiloControl>(here.Address).AcceptMigrationAsync(elsewhere, []).WaitAsync(Token));
        Assert.Same(activation, here.Catalog.Find(Id(0)));
    }

    [Fact]
    public async Task Migrate_backAtOnce_andWhileSilosJoin_everyGrainAnswers()
    {
        await CallAllAsync();
        for (var round = 0; round < 6; round++)
        {
            var joining = round % 3 == 0 ? _cluster.StartAdditionalSiloAsync() : Task.CompletedTask;
            do
            {
                MoveAll();
                await Task.Yield();
            }
            while (!joining.IsCompleted);

            await joining;
            await CallAllAsync();
        }
    }

    private static GrainId Id(int key) => GrainId.Create("custom", $"moves-{key}");

    private ISampleGrain Grain(int key) => _cluster.Client.GetGrain<ISampleGrain>($"moves-{key}");

    private Task<int[]> CallAllAsync() => Task.WhenAll(Enumerable.Range(0, Grains).Select(key => Grain(key).AddAsync(1, 1))).WaitAsync(TimeSpan.FromSeconds(20), Token);

    private void MoveAll()
    {
        var silos = _cluster.Silos;
        foreach (var activation in silos.SelectMany(silo => silo.Runtime.Catalog.Activations).Where(activation => activation.GrainId.Key.ToString()!.StartsWith("moves-", StringComparison.Ordinal)))
        {
            activation.Migrate(new(StringComparer.Ordinal) { [IPlacementDirector.PlacementHintKey] = silos[Random.Shared.Next(silos.Count)].SiloAddress }, CancellationToken.None);
        }
    }
}
