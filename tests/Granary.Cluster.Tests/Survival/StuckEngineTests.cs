using System.Net.Http.Json;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Survival;

/// <summary>A native call that never returns: the engine's thread is stopped while it computes, all others go on.</summary>
[Trait("Category", "Slow")]
public sealed class StuckEngineTests(StuckEngineTests.ImpatientCluster survival) : IClassFixture<StuckEngineTests.ImpatientCluster>
{
    private const int Length = 1200;
    private const int Early = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StuckEngine_inMidStream_theReplyGoesOnElsewhere_andTheSiloLeavesAndComesBack()
    {
        var journal = new Journal();
        var turn = await survival.BeginAsync("az-c", "az-b", Length, journal, Early);
        await turn.UntilAsync(Early, Token);
        var stuck = survival.Cluster[turn.Ledger.Silos.Last()];
        var process = stuck.Process;

        await FreezeAsync(process.Id);

        var begin = TimeProvider.System.GetTimestamp();
        while (await SiloHealth.IsReadyAsync(stuck, Token))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < Patience, "the silo went on saying that it is ready");
        }

        while (process.IsAlive())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < Patience, "the silo did not end");
            await Task.Delay(50, Token);
        }

        await survival.VerifyAsync(journal, turn); // waits for readiness, also of the silo that was started again
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
        Assert.True(stuck.Starts > 1);
    }

    [Fact]
    public async Task StuckEngine_ofASiloAlone_endsItWith70()
    {
        using var silo = await StartStuckAsync("""{ "LeaveAfter": "00:00:01" }""");

        await silo.Process.WaitForExitAsync(Token).WaitAsync(Patience, Token);

        Assert.Equal(70, silo.Process.ExitCode);
    }

    [Fact]
    public async Task StuckEngine_ofASiloThatNobodySupervises_isStartedAgainInPlace()
    {
        using var silo = await StartStuckAsync("""{ "LeaveAfter": "00:00:01", "RestartInPlace": true }""");

        await silo.UntilAsync(isReady: true, Token);

        Assert.False(silo.Process.HasExited);
        using var answer = await silo.Http.PostAsJsonAsync("v1/chat/completions", Request(tokens: 3), Token);
        Assert.True(answer.IsSuccessStatusCode, $"{answer}");
    }

    private static async Task<LoneSilo> StartStuckAsync(string health)
    {
        var silo = await LoneSilo.StartAsync(health, LocalCluster.DemoModel, Token);
        try
        {
            await StickAsync(silo);
            return silo;
        }
        catch
        {
            silo.Dispose();
            throw;
        }
    }

    private static async Task StickAsync(LoneSilo silo)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(Request(Length)) };
        using var answer = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        Assert.NotNull(await lines.ReadLineAsync(Token)); // it generates
        await FreezeAsync(silo.Process.Id);
        await silo.UntilAsync(isReady: false, Token);
    }

    private static object Request(int tokens) =>
        new { model = LocalCluster.DemoModel, stream = tokens == Length, max_tokens = tokens, ignore_eos = true, messages = new[] { new { role = "user", content = "Tell me a story." } } };

    private static Task FreezeAsync(int process) => FrozenThread.FreezeAsync(process, "engine ", "libonnxruntime").WaitAsync(TimeSpan.FromSeconds(30), Token);

    public sealed class ImpatientCluster : SurvivalCluster
    {
        internal override ClusterSetup Setup => new()
        {
            Silos = SiloSpec.ThreeZones,
            Slots = 4,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Granary__Health__LeaveAfter"] = "00:00:02" },
        };
    }
}
