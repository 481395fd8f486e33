using System.Net.Http.Json;
using System.Text;
using Granary.Host.Local;

namespace Granary.Cluster.Tests.Telemetry;

/// <summary>One trace through silos that are processes of their own.</summary>
public sealed class TraceTests(TracedZones cluster) : IClassFixture<TracedZones>
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const int Requests = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Trace_ofACaller_goesThroughEachSiloThatWorksForIt()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var gateway = cluster.Silos[0];
        using var http = new HttpClient { BaseAddress = gateway.Url, DefaultRequestHeaders = { { "traceparent", $"00-{TraceId}-00f067aa0ba902b7-01" } } };

        // More than one silo's slots, so that both work.
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(async i =>
        {
            var body = new { model = LocalCluster.DemoModel, max_tokens = 32, messages = new[] { new { role = "user", content = $"{i} stories, please" } } };
            using var response = await http.PostAsJsonAsync("v1/chat/completions", body, cancellationToken);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }));

        using var patience = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!cluster.Silos.All(silo => Has(silo.Name, $"text_completion {LocalCluster.DemoModel}")))
        {
            Assert.True(await pause.WaitForNextTickAsync(patience.Token));
        }

        Assert.True(Has(gateway.Name, $"chat {LocalCluster.DemoModel}"));
        Assert.False(Has(cluster.Silos[1].Name, $"chat {LocalCluster.DemoModel}")); // who was asked has that span alone
    }

    // Each request of a silo's has the silo's name once, for all its spans.
    private bool Has(string silo, string span)
    {
        var trace = Encoding.Latin1.GetString(Convert.FromHexString(TraceId));
        var instance = $"service.instance.id\u0012{(char)(silo.Length + 2)}\n{(char)silo.Length}{silo}"; // key, and a value that is a text
        return cluster.Sent.Any(body => body.Contains(instance, StringComparison.Ordinal) && body.Contains(trace, StringComparison.Ordinal) && body.Contains(span, StringComparison.Ordinal));
    }
}
