using Granary.Grains.Tests.Fixtures;
using Granary.Profiles;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Profiles;

public sealed class ClusterProfilesTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    [Fact]
    public async Task List_ofTwoSilos_hasFiguresOfBothAndOfTheWayBetweenThem()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        IReadOnlyList<SiloProfile> profiles;
        do
        {
            await timer.WaitForNextTickAsync(limit.Token);
            profiles = await silos.Cluster.Silo(1).GetRequiredService<IClusterProfiles>().ListAsync(limit.Token);
        }
        while (profiles.Count < 2 || profiles.Any(profile => profile.Links.Length == 0 || profile.Models.Length == 0));

        Assert.Equal(["zone-1", "zone-2"], profiles.Select(profile => profile.Zone));
        Assert.All(profiles, profile => Assert.InRange(profile.FreeMemoryBytes, 1, profile.MemoryBytes));
        Assert.All(profiles, profile => Assert.InRange(profile.FreeDiskBytes, 1, profile.DiskBytes));
        Assert.All(profiles, profile => Assert.InRange(profile.Cores, 1, profile.Processors));
        Assert.All(profiles, profile => Assert.True(profile is { MatMulFlops: > 1e8, CopyBytesPerSecond: > 1e7, ProcessMemoryBytes: > 0, DeviceKind: "cpu" }));
        foreach (var (profile, other) in new[] { (profiles[0], profiles[1]), (profiles[1], profiles[0]) })
        {
            var link = Assert.Single(profile.Links);
            Assert.Equal((other.Silo, other.Address), (link.Silo, link.Address));
            Assert.True(link is { RoundTripMilliseconds: > 0, BytesPerSecond: > 0 });
        }
    }

    [Fact]
    public async Task MeasureAsync_ofTheHost_findsItsRates()
    {
        var rates = await MachineRates.MeasureAsync(1, TimeProvider.System);

        Assert.True(rates.MatMulFlops > 1e8 && rates.CopyBytesPerSecond > 1e7);
    }
}
