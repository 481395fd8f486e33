using System.Text.Json;
using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;
using Granary.Cluster.Tests.Running;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Draining;

/// <summary>Silos that leave and zones that are emptied in mid-stream, by the command line and by signal: readers are shown everything, once.</summary>
[Trait("Category", "Slow")]
public sealed class DrainTests(DrainCluster zones) : IClassFixture<DrainCluster>
{
    private const int Length = 400;
    private const int Early = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Cli _cli = new(zones.Cluster.Folder);
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_inMidStream_losesNothingAndTheSiloEnds()
    {
        var turns = await BeginAsync("az-b");
        var process = zones.Cluster["az-b"].Process;

        var drain = await _cli.RunAsync("drain", "az-b", "--wait", "--url", $"{zones.Cluster["az-a"].Url}");

        Assert.True(drain.ExitCode == 0, drain.Error);
        Assert.Contains("az-b has left", drain.Output, StringComparison.Ordinal);
        await EndedAsync(process);
        await zones.VerifyAsync(_journal, turns);
        Assert.All(turns, turn => Assert.Equal(Length, turn.Ledger.Tokens.Count));
        Assert.Contains("Nothing is left here", await LogAsync("az-b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_inMidStream_isADrain()
    {
        var turns = await BeginAsync("az-c");
        var process = zones.Cluster["az-c"].Process;

        process.Signal(ManagedProcess.Terminate);

        await EndedAsync(process);
        await zones.VerifyAsync(_journal, turns);
        Assert.All(turns, turn => Assert.Equal(Length, turn.Ledger.Tokens.Count));
    }

    [Fact]
    public async Task Evacuation_inMidStream_emptiesTheZoneAndItsSilosStay()
    {
        var turns = await BeginAsync("az-a");
        var before = zones.Cluster["az-a"].Starts;

        var evacuation = await _cli.RunAsync("zone", "evacuate", "az-a", "--wait", "--url", $"{zones.Cluster["az-b"].Url}");
        Assert.True(evacuation.ExitCode == 0, evacuation.Error);
        Assert.False(await SiloHealth.IsReadyAsync(zones.Cluster["az-a"], Token));
        var silos = (await SiloHealth.StatusAsync(zones.Cluster["az-b"].Url, Token))!.Value.GetProperty("silos").EnumerateArray().ToDictionary(silo => silo.GetProperty("name").GetString()!);
        Assert.Equal(("evacuated", 0), (silos["az-a"].GetProperty("state").GetString(), silos["az-a"].GetProperty("sessions").GetInt32()));
        var restored = await _cli.RunAsync("zone", "restore", "az-a", "--url", $"{zones.Cluster["az-b"].Url}");

        Assert.True(restored.ExitCode == 0, restored.Error);
        await zones.VerifyAsync(_journal, turns); // waits for readiness, also of az-a
        Assert.All(turns, turn => Assert.Equal(Length, turn.Ledger.Tokens.Count));
        Assert.Equal(before, zones.Cluster["az-a"].Starts);
    }

    [Fact]
    public async Task WrongNames_areRefusedWithWhatThereIs()
    {
        var url = $"{zones.Cluster["az-a"].Url}";
        var drain = await _cli.RunAsync("drain", "az-z", "--url", url);
        var zone = await _cli.RunAsync("zone", "evacuate", "az-z", "--url", url);

        Assert.Equal((1, 1), (drain.ExitCode, zone.ExitCode));
        Assert.All([drain, zone], result => Assert.Contains("az-a, az-b, az-c", Assert.Single(result.Error.Trim().Split('\n')), StringComparison.Ordinal));
    }

    [Fact]
    public async Task RollingRestart_underLoad_noRequestFails()
    {
        using var stop = new CancellationTokenSource();
        var load = new RollingLoad([.. zones.Cluster.Silos.Select(silo => silo.Url)]);
        var running = load.RunAsync(clients: 6, stop.Token);
        foreach (var silo in zones.Cluster.Silos)
        {
            var process = silo.Process;
            process.Signal(ManagedProcess.Terminate);
            await EndedAsync(process);
            await SiloHealth.WaitUntilReadyAsync(silo, Patience, Token);
        }

        await stop.CancelAsync();
        await running;

        Assert.Empty(load.Failures);
        Assert.True(load.Succeeded > 10, $"{load.Succeeded} requests");
        Assert.All(zones.Cluster.Silos, silo => Assert.True(silo.Starts > 1));
    }

    /// <summary>Turns of conversations that live at a silo: two read there, two at others.</summary>
    private async Task<WatchedTurn[]> BeginAsync(string home)
    {
        var other = home == "az-a" ? "az-b" : "az-a";
        var turns = await Task.WhenAll(new[] { home, home, other, other }.Select(read => zones.BeginAsync(home, read, Length, _journal, Early)));
        await Task.WhenAll(turns.Select(turn => turn.UntilAsync(Early, Token)));
        return turns;
    }

    private async Task<string> LogAsync(string silo) => await File.ReadAllTextAsync(Path.Combine(zones.Cluster.Folder, "logs", silo + ".log"), Token);

    // The end of a process is seen by looking.
    private static async Task EndedAsync(ManagedProcess process)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (process.IsAlive())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
