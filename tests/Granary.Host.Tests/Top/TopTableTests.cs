using Granary.Cluster;
using Granary.Host.Top;
using Spectre.Console;

namespace Granary.Host.Tests.Top;

public sealed class TopTableTests
{
    private const int Wide = 160;

    private const string Metrics = """
        # HELP granary:num_requests_running Sequences that hold a slot.
        # TYPE granary:num_requests_running gauge
        granary:num_requests_running{model_name="a b"} 2
        granary:num_requests_running{model_name="c"} 3
        granary:engine_slots{model_name="a b"} 8
        granary:kv_cache_usage_perc{model_name="a b"} 0.25
        granary:kv_cache_usage_perc{model_name="c"} 0.5
        granary:generation_tokens_total{model_name="a b"} 1000
        granary:turns_running 5
        """;

    [Fact]
    public void Table_ofTwoLooks_hasRatesOfEachSiloAndOfAll()
    {
        var second = TimeProvider.System.TimestampFrequency;
        var one = SiloFigures.From(Silo("one"), new MetricsReader(Metrics + "\n"));
        var before = new ClusterFigures(0, [("one", "az-a", "serving", one), ("two", "az-b", "draining", null)]);
        var now = new ClusterFigures(2 * second, [("one", "az-a", "serving", one with { OutputTokens = 1501 }), ("two", "az-b", "draining", null)]);

        Assert.Equal(
            [
                "silo zone state conversations streams running slots waiting kv tokens/s prompt/s",
                "one az-a serving 7 5 5 8 0 50% 250.5 0.0",
                "two az-b no answer - - - - - - - -",
                "all 7 5 5 8 0 50% 250.5 0.0",
            ],
            Lines(TopTable.Create(before, now, TimeProvider.System, Wide)));
    }

    [Fact]
    public void Table_ofASiloThatStartedAgain_hasNoNegativeRate()
    {
        var silo = SiloFigures.From(Silo("one"), new MetricsReader(Metrics));
        var before = new ClusterFigures(0, [("one", "az-a", "serving", silo)]);
        var now = new ClusterFigures(TimeProvider.System.TimestampFrequency, [("one", "az-a", "serving", silo with { OutputTokens = 3 })]);

        Assert.EndsWith(" 0.0 0.0", Lines(TopTable.Create(before, now, TimeProvider.System, Wide))[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Wide, "silo zone state conversations streams running slots waiting kv tokens/s prompt/s")]
    [InlineData(110, "silo zone state conv streams run slots wait kv tok/s in/s")]
    [InlineData(80, "silo zone state streams run wait kv tok/s")]
    [InlineData(60, "silo state streams run wait kv tok/s")]
    [InlineData(20, "silo")]
    public void Table_onAScreen_isNoWiderAndKeepsWhatIsNeededMost(int width, string head)
    {
        var silo = SiloFigures.From(Silo("granary-az-a-0001"), new MetricsReader(Metrics + "\n"));
        var before = new ClusterFigures(0, [("granary-az-a-0001", "eu-central-1a", "serving", silo), ("two", "eu-central-1b", "draining", null)]);
        var now = before with { At = TimeProvider.System.TimestampFrequency };

        var lines = Write(TopTable.Create(before, now, TimeProvider.System, width), width);

        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 1, width));
        Assert.Equal(head, Words(lines[0]));
        Assert.StartsWith(width > 110 ? "granary-az-a-0001 " : "granary-az-a-00…", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Table_onHardlyAnyScreen_cutsNames()
    {
        var before = new ClusterFigures(0, [("granary-az-a", "az-a", "serving", null)]);

        Assert.Equal(["silo", "gran…", "all"], Write(TopTable.Create(before, before, TimeProvider.System, 5), 5).Select(Words));
    }

    private static SiloInfo Silo(string name) => new()
    {
        Name = name,
        Address = "127.0.0.1:11111@1",
        Zone = "az-a",
        Status = "active",
        GatewayUrl = "http://127.0.0.1:5080",
        Since = DateTimeOffset.UnixEpoch,
        Sessions = 7,
    };

    private static string[] Lines(Table table) => [.. Write(table, Wide).Select(Words)];

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string[] Write(Table table, int width)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Write(table);
        return writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
