using System.Net.Http.Json;
using System.Text.Json;
using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Survival;

/// <summary>A model that is served by one replica of four stages on three silos, and nowhere else; whichever silo dies, it must have been shown whole, once.</summary>
[Trait("Category", "Slow")]
public sealed class StagedSurvivalTests(StagedSurvivalTests.StagedCluster survival) : IClassFixture<StagedSurvivalTests.StagedCluster>
{
    private const int Length = 600;
    private const int Early = 20;
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)] // the head, where its conversation may be, too
    [InlineData(1)]
    [InlineData(2)]
    public async Task Kill9_ofASiloWithAStage_inMidStream_losesAndRepeatsNothing(int stage)
    {
        var silos = await survival.UntilDeployedAsync(Token);
        var other = survival.Cluster.Silos.First(silo => silo.Name != silos[stage]).Name;
        var turn = await survival.BeginAsync(other, other, Length, _journal, Early);
        await turn.UntilAsync(Early, Token);

        survival.Cluster[silos[stage]].Kill();

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
    }

    /// <summary>Three silos with a model that is deployed and in no configuration.</summary>
    public sealed class StagedCluster : SurvivalCluster
    {
        internal override ClusterSetup Setup => new() { Silos = SiloSpec.ThreeZones, Slots = 4 };

        internal override string Model => "granary-staged";

        /// <summary>Names of the silos of its stages, when all are ready.</summary>
        internal async Task<string[]> UntilDeployedAsync(CancellationToken cancellationToken)
        {
            using var http = new HttpClient { BaseAddress = Cluster.Silos[0].Url };
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            await Cluster.ImportAsync(Model, limit.Token);
            while (!(await http.PutAsJsonAsync($"admin/deployments/{Model}", new { stages = 4 }, limit.Token)).IsSuccessStatusCode)
            {
                await pause.WaitForNextTickAsync(limit.Token); // its files are looked for every few seconds
            }

            while (true)
            {
                var status = (await http.GetFromJsonAsync<JsonElement>("admin/deployments", limit.Token))[0];
                if (status.GetProperty("isReady").GetBoolean())
                {
                    return [.. status.GetProperty("plan").GetProperty("replicas")[0].GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("silo").GetString()!)];
                }

                await pause.WaitForNextTickAsync(limit.Token);
            }
        }
    }
}
