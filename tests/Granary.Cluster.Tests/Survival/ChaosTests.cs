using System.Globalization;
using Granary.Chaos.Runs;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Survival;

/// <summary>A short run of what deploy/chaos does for long. GRANARY_CHAOS_SEED takes another schedule.</summary>
public sealed class ChaosTests(ChaosTests.NetworkedCluster survival) : IClassFixture<ChaosTests.NetworkedCluster>
{
    private const int DefaultSeed = 4;

    [Fact]
    public async Task ClientsThatStream_whileThingsGoWrong_areShownEverythingOnce()
    {
        var output = TestContext.Current.TestOutputHelper!;
        var options = new ChaosOptions
        {
            Seed = int.TryParse(Environment.GetEnvironmentVariable("GRANARY_CHAOS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : DefaultSeed,
            Length = TimeSpan.FromSeconds(20),
            Interval = TimeSpan.FromSeconds(5),
            Streams = 12,
            Settling = TimeSpan.FromMinutes(2),
        };

        var result = await new ChaosRun(survival.Cluster, options, output.WriteLine).RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(result.Journal.Differences);
        Assert.True(result.Journal.Turns.Count(turn => turn.FinishReason is not null) >= options.Streams / 2);
    }

    public sealed class NetworkedCluster : SurvivalCluster
    {
        internal override ClusterSetup Setup => new() { Silos = SiloSpec.FourSilos, HasNetwork = true, HasDisk = true };
    }
}
