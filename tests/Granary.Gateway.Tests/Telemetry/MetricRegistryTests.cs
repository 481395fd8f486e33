using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Gateway.Telemetry;
using Granary.Gateway.Telemetry.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.Telemetry;

public sealed class MetricRegistryTests : IDisposable
{
    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly MetricRegistry _registry = new(Options.Create(new TelemetryOptions { VllmNames = true }), NullLogger<MetricRegistry>.Instance);

    [Fact]
    public void Scrape_ofACounter_hasTheSumOfEachLabelSet()
    {
        var counter = _meter.CreateCounter<long>("test.refusals", "{refusal}", "Said \"no\",\nonce or more.");
        counter.Add(2, new KeyValuePair<string, object?>("error.type", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("error.type", "a\"b\\c\nd"));
        counter.Add(1);

        var lines = Lines("test_refusals");

        Assert.Equal(
            ["# HELP test_refusals_total Said \"no\",\\nonce or more.", "# TYPE test_refusals_total counter", "test_refusals_total{error_type=\"a\\\"b\\\\c\\nd\"} 5", "test_refusals_total 1"],
            lines);
    }

    [Fact]
    public void Scrape_ofAHistogram_countsWhatIsAtMostTheBound()
    {
        var histogram = _meter.CreateHistogram("test.time", "s", "Time.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.25, 0.5, 0.75, 8 })
            histogram.Record(value, new KeyValuePair<string, object?>("model", "m"));

        Assert.Equal(
            [
                "test_time_seconds_bucket{model=\"m\",le=\"0.5\"} 2", "test_time_seconds_bucket{model=\"m\",le=\"1\"} 3", "test_time_seconds_bucket{model=\"m\",le=\"+Inf\"} 4",
                "test_time_seconds_sum{model=\"m\"} 9.5", "test_time_seconds_count{model=\"m\"} 4",
            ],
            Lines("test_time")[2..]);
    }

    [Fact]
    public void Scrape_ofAGaugeThatIsGone_hasItNoMore()
    {
        var value = 7;
        using (var engine = new Meter(GranaryTelemetry.Name))
        {
            engine.CreateObservableGauge("granary:test_engine", () => value, description: "An engine.");
            Assert.Equal("granary:test_engine 7", Lines("granary:test_engine")[^1]);
            value = 8;
            Assert.Equal("granary:test_engine 8", Lines("granary:test_engine")[^1]);
        }

        Assert.Empty(Lines("granary:test_engine"));
    }

    [Fact]
    public void Scrape_ofVllmsMetrics_hasThemUnderTheirOwnNamesToo()
    {
        _meter.CreateCounter<long>("granary:prefix_cache_hits", description: "Hits.").Add(4, new KeyValuePair<string, object?>("test", "vllm"));

        var lines = Lines("");

        Assert.Contains("granary:prefix_cache_hits{test=\"vllm\"} 4", lines);
        Assert.Contains("vllm:prefix_cache_hits_total{test=\"vllm\"} 4", lines);
    }

    [Fact]
    public void Scrape_whereLabelsNeverEnd_putsTheRestTogether()
    {
        var counter = _meter.CreateCounter<long>("granary:test_hostile_total", description: "Anything.");
        for (var i = 0; i < 2 * MetricFamily.MaxSeries; i++)
            counter.Add(1, new KeyValuePair<string, object?>("path", i));

        var lines = Lines("granary:test_hostile");

        Assert.Equal(MetricFamily.MaxSeries + 2, lines.Length);
        Assert.Equal($"granary:test_hostile_total{{otel_metric_overflow=\"true\"}} {MetricFamily.MaxSeries + 1}", lines[^1]);
    }

    [Fact]
    public void Measurement_allocatesNothing()
    {
        var tag = new KeyValuePair<string, object?>("model_name", "m");
        var counter = _meter.CreateCounter<long>("granary:test_tokens_total", description: "Tokens.");
        var histogram = _meter.CreateHistogram<double>("granary:test_latency_seconds", description: "A latency.");
        void Measure()
        {
            counter.Add(1, tag);
            histogram.Record(0.5, tag);
        }

        // A gateway that another test starts meanwhile hears these too, and allocates once.
        var allocated = Enumerable.Range(0, 4).Select(_ => AllocatedBy(Measure)).ToArray();

        Assert.Contains(0, allocated);

        static long AllocatedBy(Action measure)
        {
            measure();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                measure();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    public void Dispose()
    {
        _registry.Dispose();
        _meter.Dispose();
    }

    private string[] Lines(string name) => [.. _registry.Scrape().Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal) || line.StartsWith("# HELP " + name, StringComparison.Ordinal) || line.StartsWith("# TYPE " + name, StringComparison.Ordinal))];
}
