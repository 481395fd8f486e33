using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>Alert rules, dashboard and documentation name metrics that there are, in queries that Prometheus reads.</summary>
public sealed class ShippedFileTests
{
    private const string Prefix = "granary:";

    private static readonly string[] Parts = ["_bucket", "_count", "_sum"];

    private static readonly string Alerts = Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml");

    private static readonly string AlertTests = Path.Combine(Repository.Root, "tests", "Granary.Gateway.Tests", "Telemetry", "alerts.test.yml");

    private static readonly string Dashboard = Path.Combine(Repository.Root, "deploy", "grafana", "granary.json");

    [Fact]
    public void Metrics_thatAreAskedFor_areThere()
    {
        var there = Sources();

        Assert.All(Names(File.ReadAllText(Alerts)).Concat(Names(File.ReadAllText(Dashboard))), name => Assert.Contains(name, there));
    }

    [Fact]
    public async Task Queries_areWhatPrometheusReads()
    {
        Assert.Contains("SUCCESS: ", await PrometheusServer.PromtoolAsync(["check", "rules", Alerts], ""), StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("granary-dashboard-");
        var rules = Path.Combine(folder.FullName, "rules.json"); // JSON is YAML
        await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new { groups = new[] { new { name = "dashboard", rules = Queries().Select((query, i) => new { record = $"query_{i}", expr = query }) } } }));
        var checkedRules = await PrometheusServer.PromtoolAsync(["check", "rules", rules], "");
        folder.Delete(recursive: true);

        Assert.Contains($"SUCCESS: {Queries().Length} rules found", checkedRules, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_areToldWhenTheyAreTrue_andNotOtherwise()
    {
        var tested = await File.ReadAllTextAsync(AlertTests);
        var alerts = await File.ReadAllLinesAsync(Alerts);

        Assert.All(
            alerts.Where(line => line.Contains("- alert: ", StringComparison.Ordinal)).Select(line => line.Split(": ")[1].Trim()),
            alert => Assert.Contains($"alertname=\"{alert}\"", tested, StringComparison.Ordinal));
        var said = await PrometheusServer.PromtoolAsync(["test", "rules", AlertTests], "");
        Assert.True(said.Contains("SUCCESS", StringComparison.Ordinal) && !said.Contains("FAILED", StringComparison.Ordinal), said);
    }

    [Fact]
    public void Metrics_thatThereAre_areInTheDocumentation()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "TELEMETRY.md"));

        Assert.All(Sources(), name => Assert.Contains($"`{name[Prefix.Length..]}", documentation, StringComparison.Ordinal));
    }

    // As instruments are made: a name in quotes.
    private static HashSet<string> Sources() => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => file.Contains("Metrics", StringComparison.Ordinal))
        .SelectMany(file => File.ReadAllText(file).Split('"'))
        .Where(text => text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length)];

    private static IEnumerable<string> Names(string text)
    {
        for (var at = text.IndexOf(Prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Prefix, at + 1, StringComparison.Ordinal))
        {
            var name = Prefix + string.Concat(text.Skip(at + Prefix.Length).TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
            yield return Parts.FirstOrDefault(part => name.EndsWith(part, StringComparison.Ordinal)) is { } part ? name[..^part.Length] : name;
        }
    }

    private static string[] Queries() => [.. JsonDocument.Parse(File.ReadAllText(Dashboard)).RootElement.GetProperty("panels").EnumerateArray()
        .Where(panel => panel.TryGetProperty("targets", out _))
        .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal).Replace("$model", ".*", StringComparison.Ordinal))];
}
