using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Tenants;

/// <summary>Three silos in three zones that want keys from everybody and start again when they were killed.</summary>
public sealed class LimitedCluster : IAsyncLifetime
{
    /// <summary>How long after a silo's death what it held returns.</summary>
    public static readonly TimeSpan ReturnAfter = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-limits-").FullName;

    internal ChaosCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await ChaosCluster.StartAsync(
        new ClusterSetup { Settings = new Dictionary<string, string> { ["Granary__Tenants__ReturnAfter"] = ReturnAfter.ToString() } }, _folder, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Deletion.DeleteAsync(_folder);
    }
}
