using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Benchmarks.Serve;
using Granary.Gateway.Tests.Running;
using Granary.Models.Tokenization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

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
            NumWarmups = 1,
            RequestRate = 100,
            MaxConcurrency = 2,
            ProbeRequestRate = 50,
            Dataset = new() { RandomInputLen = 20, RandomOutputLen = 6 },
            IgnoreEos = true,
            Logprobs = 1,
            Sampling = new Dictionary<string, double> { ["temperature"] = 0, ["top_k"] = 20, ["repetition_penalty"] = 1 },
            PercentileMetrics = ServeReport.Metrics,
            MetricPercentiles = [50, 99],
            Goodput = new Dictionary<string, double> { ["e2el"] = 600_000 },
        };
        using IServeClient client = backend == "granary-hub" ? new HubServeClient(options, null) : new OpenAiServeClient(options, null);

        var run = await ServeLoad.RunAsync(options, client, TestContext.Current.CancellationToken);

        Assert.All(run.Results, result => Assert.Null(result.Error));
        var report = ServeReport.Create(options, run, DateTimeOffset.UnixEpoch);
        Assert.Equal((3, 0, 18L), (report["completed"], report["failed"], report["total_output_tokens"]));
        Assert.True((long)report["total_input_tokens"]! >= 60);
        Assert.Equal(report["request_throughput"], report["request_goodput"]);
        Assert.All(["mean_ttft_ms", "median_tpot_ms", "p99_itl_ms", "p50_e2el_ms", "p50_e2el_including_client_queue_ms", "probe_median_e2el_ms"], key => Assert.True((double)report[key]! > 0, key));
        Assert.InRange((int)report["max_concurrent_requests"]!, 1, 2);
        Assert.All(run.Results, result => Assert.NotEmpty(result.Text));
    }

    [Fact]
    public async Task Requests_haveTheHeadersFieldsIdsAndPath_thatWereAskedFor()
    {
        var seen = new ConcurrentBag<(string Path, string? Id, string? Header, JsonElement Body)>();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(async context =>
        {
            seen.Add((context.Request.Path, context.Request.Headers["x-request-id"], context.Request.Headers["x-flavour"], await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)));
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {\"choices\":[{\"text\":\"one two\"}]}\n\ndata: {\"choices\":[{\"text\":\" three\"}]}\n\ndata: [DONE]\n\n");
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        var options = new ServeOptions
        {
            BaseUrl = new Uri(server.Urls.Single() + "/prefix/"),
            Model = "vendor/m",
            ServedModelName = "m",
            NumPrompts = 2,
            Headers = [new("x-flavour", "sweet")],
            RequestIdPrefix = "load-",
            Logprobs = 2,
            Sampling = new Dictionary<string, double> { ["top_p"] = 0.5 },
            ExtraBody = new JsonObject { ["top_p"] = 0.75, ["more"] = true },
            Dataset = new() { RandomInputLen = 3, RandomOutputLen = 7 },
        };
        using var client = new OpenAiServeClient(options, null);

        var run = await ServeLoad.RunAsync(options, client, TestContext.Current.CancellationToken);

        Assert.Equal(["load-0", "load-1"], seen.Select(request => request.Id).Order(StringComparer.Ordinal));
        Assert.All(seen, request =>
        {
            Assert.Equal(("/prefix/v1/completions", "sweet", "m"), (request.Path, request.Header, request.Body.GetProperty("model").GetString()));
            Assert.Equal((7, 2, 0.75, true), (request.Body.GetProperty("max_tokens").GetInt32(), request.Body.GetProperty("logprobs").GetInt32(), request.Body.GetProperty("top_p").GetDouble(), request.Body.GetProperty("more").GetBoolean()));
            Assert.False(request.Body.TryGetProperty("temperature", out _)); // the server's to say
            Assert.Equal(3, request.Body.GetProperty("prompt").GetString()!.Split(' ').Length);
        });
        Assert.All(run.Results, result => Assert.Equal((2, "one two three"), (result.OutputTokens, result.Text))); // the server counted nothing: pieces
    }

    [Fact]
    public async Task ReadyCheck_ofAServerThatIsNotThere_givesUp()
    {
        var options = new ServeOptions { BaseUrl = new Uri("http://127.0.0.1:1"), Model = "m", NumPrompts = 1, ReadyCheckTimeout = TimeSpan.FromMilliseconds(1) };
        using var client = new OpenAiServeClient(options, null);

        await Assert.ThrowsAsync<TimeoutException>(() => ServeLoad.RunAsync(options, client, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Load_ofARefusedModel_countsFailures()
    {
        var options = new ServeOptions { Backend = "openai-chat", BaseUrl = gateway.Url, Model = "nobody", NumPrompts = 2, Dataset = new() { RandomInputLen = 3 } };
        using var client = new OpenAiServeClient(options, null);

        var run = await ServeLoad.RunAsync(options, client, TestContext.Current.CancellationToken);

        Assert.All(run.Results, result => Assert.StartsWith("404: ", result.Error, StringComparison.Ordinal));
        Assert.Equal(2, ServeReport.Create(options, run, DateTimeOffset.UnixEpoch)["failed"]);
    }

    [Fact]
    public void Report_hasVllmsDefinitions()
    {
        var options = new ServeOptions
        {
            Backend = "openai", BaseUrl = gateway.Url, Model = "m", PercentileMetrics = ["ttft", "tpot", "itl", "e2el"], MetricPercentiles = [50, 99], Goodput = new Dictionary<string, double> { ["ttft"] = 100, ["tpot"] = 15 },
        };
        ServeResult[] results =
        [
            new() { InputTokens = 10, OutputTokens = 3, Ttft = 100, Itl = [10, 20], StartSeconds = 7, Queued = 5 }, // TPOT 15
            new() { InputTokens = 10, OutputTokens = 5, Ttft = 200, Itl = [10, 10, 10, 10], StartSeconds = 7.1 }, // late, beside the first for 30 ms
            new() { Error = "refused" },
        ];

        var report = ServeReport.Create(options, new ServeRun(TimeSpan.FromSeconds(2), results), DateTimeOffset.UnixEpoch);

        Assert.Equal((2, 1, 20L, 8L), (report["completed"], report["failed"], report["total_input_tokens"], report["total_output_tokens"]));
        Assert.Equal((1.0, 0.5, 4.0, 14.0), (report["request_throughput"], report["request_goodput"], report["output_throughput"], report["total_token_throughput"]));
        Assert.Equal((150.0, 150.0, 50.0, 199.0), (report["mean_ttft_ms"], report["median_ttft_ms"], report["std_ttft_ms"], report["p99_ttft_ms"]));
        Assert.Equal((12.5, 10.0, 185.0), (report["mean_tpot_ms"], report["p50_itl_ms"], report["median_e2el_ms"]));
        Assert.Equal((8.0, 2, 0.0), (report["max_output_tokens_per_s"], report["max_concurrent_requests"], report["rtfx"]));
        Assert.Equal([0.1, 0.2, 0], (double[])report["ttfts"]!);
        Assert.Equal([7, 7.1, 0], (double[])report["start_times"]!);
        Assert.Equal(["", "", "refused"], (string[])report["errors"]!);
        Assert.Equal([[0.01, 0.02], [0.01, 0.01, 0.01, 0.01], []], (double[][])report["itls"]!);
        Assert.Equal([0.005, 0, 0], (double[])report["queue_times"]!);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Arrivals_haveTheRateAndTheBurstiness(double burstiness)
    {
        const double Rate = 50;
        const int Count = 20_000;
        var options = new ServeOptions { BaseUrl = gateway.Url, Model = "m", RequestRate = Rate, Burstiness = burstiness };
        var times = Arrivals.Draw(Count, options, new Random(1)).Select(at => at.TotalSeconds).ToArray();
        double[] gaps = [.. times.Zip(times.Skip(1), (one, next) => next - one)];

        var mean = gaps.Average();
        var variance = gaps.Average(gap => (gap - mean) * (gap - mean));
        Assert.Equal(Count / Rate, times[^1], 1e-6);
        Assert.InRange(variance * Rate * Rate * burstiness, 0.9, 1.1); // a gamma distribution's is mean² / shape
    }

    [Fact]
    public void Arrivals_thatAreEven_orGrow_comeWhenTheyShould()
    {
        var even = new ServeOptions { BaseUrl = gateway.Url, Model = "m", RequestRate = 4, Burstiness = double.PositiveInfinity };
        var growing = even with { RequestRate = double.PositiveInfinity, RampUp = new("linear", 1, 5) };

        Assert.Equal([0.25, 0.5, 0.75], Seconds(even, 3));
        Assert.Equal([1, 1 + (1 / 3.0), 1 + (1 / 3.0) + (1 / 5.0)], Seconds(growing, 3), (one, other) => Math.Abs(one - other) < 1e-6);
        Assert.Equal([1, 4, 16], Enumerable.Range(0, 3).Select(request => new RampUp("exponential", 1, 16).RateOf(request, 3)));

        static IEnumerable<double> Seconds(ServeOptions options, int count) => Arrivals.Draw(count, options, new Random(1)).Select(at => at.TotalSeconds);
    }

    [Fact]
    public async Task Datasets_areReadAsTheyAre()
    {
        var file = Path.GetTempFileName();
        var options = new ServeOptions { BaseUrl = gateway.Url, Model = "m", NumPrompts = 4 };
        await File.WriteAllTextAsync(file, """
            {"prompt": "one", "output_tokens": 3}
            {"prompt": "two", "output_tokens": 5}
            """, TestContext.Current.CancellationToken);

        Assert.Equal([("one", 256), ("two", 256)], Load(new() { Name = "custom", Path = new(file), DisableShuffle = true, NoOversample = true }));
        Assert.Equal([3, 5], Load(new() { Name = "custom", Path = new(file), DisableShuffle = true, CustomOutputLen = -1 }).Take(2).Select(request => request.Output));
        Assert.Equal(4, Load(new() { Name = "custom", Path = new(file) }).Length);

        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new[] { Conversation("Is it so, then?", "It is, I should think."), Conversation("No", "answer"), Conversation("Why is it?", null) }), TestContext.Current.CancellationToken);
        Assert.Equal([("Is it so, then?", 6)], Load(new() { Name = "sharegpt", Path = new(file), NoOversample = true }));
        Assert.Equal(9, Load(new() { Name = "sharegpt", Path = new(file), NoOversample = true, ShareGptOutputLen = 9 })[0].Output);

        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 50).Select(i => $"line number {i}"), TestContext.Current.CancellationToken);
        var lines = Load(new() { Name = "sonnet", Path = new(file), SonnetPrefixLen = 20, SonnetInputLen = 40, SonnetOutputLen = 7 });
        Assert.All(lines, line => Assert.StartsWith("Go on with these lines:\nline number 0\nline number 1\n", line.Text, StringComparison.Ordinal));
        Assert.Equal(4, lines.Select(line => line.Text).Distinct().Count());
        Assert.All(lines, line => Assert.Equal(7, line.Output));

        var repeated = Load(new() { Name = "prefix_repetition", NumPrefixes = 2, PrefixLen = 5, SuffixLen = 3, PrefixOutputLen = 2 });
        Assert.Equal((4, 2), (repeated.Length, repeated.Select(request => string.Join(' ', request.Text.Split(' ').Take(5))).Distinct().Count()));
        Assert.All(repeated, request => Assert.Equal((8, 2), (request.Text.Split(' ').Length, request.Output)));

        var random = Load(new() { RandomPrefixLen = 2, RandomInputLen = 10, RandomRangeRatio = 0.5, RandomOutputLen = 4 });
        Assert.Single(random.Select(request => string.Join(' ', request.Text.Split(' ').Take(2))).Distinct());
        Assert.All(random, request => Assert.InRange(request.Text.Split(' ').Length, 7, 17));
        Assert.All(random, request => Assert.InRange(request.Output, 2, 6));
        File.Delete(file);

        (string Text, int Output)[] Load(DatasetOptions dataset) => [.. ServeDataset.Load(options with { Dataset = dataset }).Select(request => (request.Text, request.OutputTokens))];
        static object Conversation(string question, string? answer) =>
            new { conversations = new[] { question, answer }.OfType<string>().Select((value, i) => new { from = i == 0 ? "human" : "gpt", value }) };
    }

    [Fact]
    public void Words_withATokenizer_haveItsTokens()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Path.Combine(Repository.Root, "deploy", "models", DemoGateway.Model));
        var longest = new ServeWords(null).Draw(1000, new Random(1)).Split(' ').Max(word => tokenizer.Encode(" " + word).Length);

        foreach (var tokens in new[] { 1, 7, 300 })
            Assert.InRange(tokenizer.Encode(new ServeWords(tokenizer).Draw(tokens, new Random(1))).Length, tokens, tokens + longest - 1);
    }

    [Fact]
    public async Task ResultFile_isVllms_withOrWithoutTheDetails()
    {
        var folder = Directory.CreateTempSubdirectory("granary-results-").FullName;
        var options = new ServeOptions { BaseUrl = gateway.Url, Model = "vendor/m", RequestRate = 20, MaxConcurrency = 8, Label = "mine", Metadata = [new("tp", "1")] };
        var report = ServeReport.Create(options, new ServeRun(TimeSpan.FromSeconds(1), [new() { Ttft = 5, OutputTokens = 1, Text = "ä" }]), new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
        var cancellationToken = TestContext.Current.CancellationToken;

        var named = await new ResultFile { Save = true, Folder = folder }.WriteAsync(options, report, cancellationToken);
        Assert.Equal("mine-20.0qps-concurrency8-m-20261127-120000.json", Path.GetFileName(named));
        Assert.Equal("openai-ramp-up-linear-1qps-5qps-m-d.json", ResultFile.NameOf(options with { Label = null, MaxConcurrency = null, RampUp = new("linear", 1, 5) }, "d"));
        Assert.Equal("openai-infqps-m-d.json", ResultFile.NameOf(options with { Label = null, MaxConcurrency = null, RequestRate = double.PositiveInfinity }, "d"));
        var appended = new ResultFile { Append = true, Detailed = true, Folder = folder, Name = "all" };
        await appended.WriteAsync(options, report, cancellationToken);
        var path = await appended.WriteAsync(options, report, cancellationToken);
        Assert.Null(await new ResultFile { Name = "none", Folder = folder }.WriteAsync(options, report, cancellationToken));

        var brief = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(named!, cancellationToken));
        var lines = await File.ReadAllLinesAsync(path!, cancellationToken);
        Assert.Equal(2, lines.Length);
        var whole = JsonSerializer.Deserialize<JsonElement>(lines[1]);
        Assert.Equal(
            ["date", "endpoint_type", "backend", "label", "model_id", "tokenizer_id", "num_prompts", "tp", "request_rate", "burstiness", "max_concurrency", "duration", "completed", "failed", "total_input_tokens", "total_output_tokens",
                "request_throughput", "request_goodput", "output_throughput", "total_token_throughput", "input_lens", "output_lens", "ttfts", "itls", "latencies", "start_times", "queue_times", "generated_texts", "errors",
                "max_output_tokens_per_s", "max_concurrent_requests", "rtfx", "mean_ttft_ms", "median_ttft_ms", "std_ttft_ms", "p99_ttft_ms", "mean_tpot_ms", "median_tpot_ms", "std_tpot_ms", "p99_tpot_ms", "mean_itl_ms",
                "median_itl_ms", "std_itl_ms", "p99_itl_ms"],
            whole.EnumerateObject().Select(member => member.Name));
        Assert.Equal(whole.EnumerateObject().Select(member => member.Name).Except(ServeReport.Details), brief.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["all", Path.GetFileName(named)!], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.Delete(folder, recursive: true);
    }
}
