using Granary.Host.Local;

namespace Granary.Cluster.Tests.CommandLine;

public sealed class OneMachineTests(OneMachine cluster) : IClassFixture<OneMachine>
{
    [Fact]
    public async Task Chat_withText_streamsAReplyAndTellsHowToGoOn()
    {
        var result = await cluster.Cli.RunAsync("chat", "Hello");

        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Output.Trim().Length > 2, result.Output);
        Assert.Contains("--session", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_ofUnknownSession_endsWithOneLineAndTheCode()
    {
        var result = await cluster.Cli.RunAsync("chat", "--session", "nowhere", "Hello");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("session_not_found", Assert.Single(result.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_once_printsARowForTheSilo()
    {
        Assert.Equal(0, (await cluster.Cli.RunAsync("chat", "Hello")).ExitCode);

        var result = await cluster.Cli.RunAsync("top", "--once");

        Assert.True(result.ExitCode == 0, result.Error);
        var row = Assert.Single(result.Output.Split('\n'), line => line.StartsWith(cluster.Silos[0].Name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, row.Length);
        Assert.Equal("serving", row[2]);
        Assert.True(int.Parse(row[6], System.Globalization.CultureInfo.InvariantCulture) > 0, "no slots");
    }

    [Fact]
    public async Task Up_whileRunning_refusesAndLeavesItRunning()
    {
        var result = await cluster.Cli.RunAsync("up");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("already running", result.Error, StringComparison.Ordinal);
        Assert.True(cluster.Silos[0].IsAlive());
    }

    [Fact]
    public async Task Restart_ofTheSilo_keepsConversations()
    {
        var gateway = cluster.Silos[0].Url!;
        var session = await RunningCluster.CreateAsync(gateway);
        var reply = await RunningCluster.SayAsync(gateway, session, "Hello");

        var before = cluster.State.Processes;
        Assert.Equal(0, (await cluster.Cli.RunAsync("down")).ExitCode);
        Assert.DoesNotContain(before, process => process.IsAlive());
        var up = await cluster.Cli.RunAsync("up", "--port", $"{gateway.Port}");
        Assert.True(up.ExitCode == 0, up.Output + up.Error);

        var history = await RunningCluster.HistoryAsync(cluster.Silos[0].Url!, session);
        Assert.Equal(["Hello", reply.Text], history.Select(message => message.Content));
    }
}
