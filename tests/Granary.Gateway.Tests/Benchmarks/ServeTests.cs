using Granary.Benchmarks.Serve;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Benchmarks;

/// <summary>The load of <c>bench serve</c> on a real gateway, and its figures.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class ServeTests(DemoGateway gateway)
{
    [Theory]
    [InlineData("openai-chat")]
    [InlineData("openai")]
    [InlineData("granary-hub")]
    public async Task Load_onAGateway_countsWhatTheServerCounts(string backend)
    {
        var options = new ServeOptions
        {
            Backend = backend,
            BaseUrl = gateway.Url,
            Model = DemoGateway.Model,
            NumPrompts = 3,
            RequestRate = 100,
            MaxConcurrency = 2,
            RandomInputLen = 20,
            RandomOutputLen = 6,
            IgnoreEos = true,
            Goodput = new Dictionary<string, double> { ["e2el"] = 600_000 },
        };
        using IServeClient client = backend == "granary-hub" ? new HubServeClient(options, null) : new OpenAiServeClient(options, null);

        var (time, results) = await ServeLoad.RunAsync(options, client, TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.Null(result.Error));
        var report = ServeReport.Create(options, time, results);
        Assert.Equal((3, 0, 18L), (report["completed"], report["failed"], report["total_output_tokens"]));
        Assert.True((long)report["total_input_tokens"]! >= 60);
        Assert.Equal(report["request_throughput"], report["request_goodput"]);
        Assert.All(["mean_ttft_ms", "median_tpot_ms", "p99_itl_ms", "p50_e2el_ms"], key => Assert.True((double)report[key]! > 0, key));
    }

    [Fact]
    public async Task Load_ofARefusedModel_countsFailures()
    {
        var options = new ServeOptions { Backend = "openai-chat", BaseUrl = gateway.Url, Model = "nobody", NumPrompts = 2, RandomInputLen = 3 };
        using var client = new OpenAiServeClient(options, null);

        var (time, results) = await ServeLoad.RunAsync(options, client, TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.StartsWith("404: ", result.Error, StringComparison.Ordinal));
        Assert.Equal(2, ServeReport.Create(options, time, results)["failed"]);
    }

    [Fact]
    public void Report_hasVllmsDefinitions()
    {
        var options = new ServeOptions
        {
            Backend = "openai", BaseUrl = gateway.Url, Model = "m", MetricPercentiles = [50, 99], Goodput = new Dictionary<string, double> { ["ttft"] = 100, ["tpot"] = 15 },
        };
        ServeResult[] results =
        [
            new() { InputTokens = 10, OutputTokens = 3, Ttft = 100, Itl = [10, 20] }, // TPOT 15
            new() { InputTokens = 10, OutputTokens = 5, Ttft = 200, Itl = [10, 10, 10, 10] }, // late
            new() { Error = "refused" },
        ];

        var report = ServeReport.Create(options, TimeSpan.FromSeconds(2), results);

        Assert.Equal((2, 1, 20L, 8L), (report["completed"], report["failed"], report["total_input_tokens"], report["total_output_tokens"]));
        Assert.Equal((1.0, 0.5, 4.0, 14.0), (report["request_throughput"], report["request_goodput"], report["output_throughput"], report["total_token_throughput"]));
        Assert.Equal((150.0, 150.0, 50.0, 199.0), (report["mean_ttft_ms"], report["median_ttft_ms"], report["std_ttft_ms"], report["p99_ttft_ms"]));
        Assert.Equal((12.5, 10.0, 185.0), (report["mean_tpot_ms"], report["p50_itl_ms"], report["median_e2el_ms"]));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Arrivals_haveTheRateAndTheBurstiness(double burstiness)
    {
        const double Rate = 50;
        var times = Arrivals.Draw(20_000, Rate, burstiness, new Random(1)).Select(at => at.TotalSeconds).ToArray();
        double[] gaps = [.. times.Zip(times.Skip(1), (one, next) => next - one)];

        var mean = gaps.Average();
        var variance = gaps.Average(gap => (gap - mean) * (gap - mean));
        Assert.InRange(mean * Rate, 0.95, 1.05);
        Assert.InRange(variance * Rate * Rate * burstiness, 0.9, 1.1); // a gamma distribution's is mean² / shape
    }
}
