using Granary.Benchmarks.Reporting;
using Granary.Engine;

namespace Granary.Benchmarks.Batching;

/// <summary>What streams notice of a long prompt that arrives, what a step allocates, and how two flooding tenants share the engine.</summary>
internal sealed class BatchingBenchmark : IBenchmark
{
    private const int LongPrompt = 1500;
    private const double NoiseMargin = 0.1; // of a chunk's time: what readers' threads add at the 99th percentile


    private const string P99Alone = "ITL p99, 8 streams";
    private const string P99Beside = "ITL p99, 8 streams beside a prompt of 1,500 tokens";
    private const string Chunk = "longest prefill chunk of the prompt";
    private const string StepBytes = "allocated on the engine's thread, median of a step of 8 tokens";
    private const string TokenBytes = "allocated on the engine's thread, mean of a token, with texts of tokens that were not met before";

    public string Name => "batching";

    public async Task RunAsync(BenchmarkContext context)
    {
        var options = new EngineOptions { Slots = StreamRound.Streams + 1, SlotTokens = 2048 };
        await using var bench = await BatchingEngine.StartAsync(options, context.CancellationToken);
        await MeasureGapsAsync(context, bench, options);
        await MeasureFairnessAsync(context, bench, options);
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            Bar.AtMost($"rise of ITL p99, against one chunk and {NoiseMargin:P0}", report[P99Beside]!.Value - report[P99Alone]!.Value, (1 + NoiseMargin) * report[Chunk]!.Value, "ms"),
            Bar.AtMost(StepBytes, report[StepBytes]!.Value, 0, "bytes"),
            .. Ratios.Select(ratio => Share(ratio.Name, report[ratio.Name]!.Value / ratio.Weight)),
        ],
    };

    private static (string Name, double Weight)[] Ratios { get; } =
        [("tokens of two flooding tenants, weights 1:1", 1), ("tokens of two flooding tenants, weights 1:3", 3)];

    private static Bar Share(string name, double ofFair) => Bar.AtMost($"{name}: off the fair share", Math.Abs(ofFair - 1), 0.05, "");

    private static async Task MeasureGapsAsync(BenchmarkContext context, BatchingEngine bench, EngineOptions options)
    {
        var rounds = context.Quick ? 3 : 9;
        var tokens = context.Quick ? 160 : 240;
        await StreamRound.RunAsync(bench, tokens, LongPrompt); // compiles and allocates
        List<double[]> alone = [];
        List<double[]> beside = [];
        List<double> longest = [];
        List<double> shortest = [];
        List<long> steps = [];
        for (var round = 0; round < rounds; round++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            context.Say($"8 streams without and with a prompt of 1,500 tokens, {round + 1} of {rounds}");
            bench.Runner.Records = true;
            alone.Add(await StreamRound.RunAsync(bench, tokens, arrivingTokens: 0));
            bench.Runner.Records = false;
            var allocated = bench.Runner.Allocated.Skip(32).SkipLast(32).ToList(); // all streams run
            steps.AddRange(allocated.Zip(allocated.Skip(1), (before, after) => after - before));

            bench.Runner.Records = true;
            beside.Add(await StreamRound.RunAsync(bench, tokens, LongPrompt));
            bench.Runner.Records = false;
            shortest.AddRange(bench.Runner.Chunks.Where(chunk => chunk.Tokens == StreamRound.PromptOfStream).Select(chunk => chunk.Time.TotalMilliseconds));
            longest.Add(bench.Runner.Chunks.Where(chunk => chunk.Tokens == options.PrefillChunkTokens).Max(chunk => chunk.Time.TotalMilliseconds));
        }

        context.Add("ITL p50, 8 streams", MedianOf(alone, 0.5), "ms");
        context.Add(P99Alone, MedianOf(alone, 0.99), "ms");
        context.Add("ITL p50, 8 streams beside a prompt of 1,500 tokens", MedianOf(beside, 0.5), "ms");
        context.Add(P99Beside, MedianOf(beside, 0.99), "ms");
        context.Add(Chunk, BenchmarkContext.Median(longest), "ms");
        context.Add($"prefill of a prompt of {StreamRound.PromptOfStream} tokens", BenchmarkContext.Median(shortest), "ms");
        context.Add(StepBytes, BenchmarkContext.Median(steps.Select(bytes => (double)bytes)), "bytes");
        context.Add(TokenBytes, steps.Average() / StreamRound.Streams, "bytes");
    }

    private static async Task MeasureFairnessAsync(BenchmarkContext context, BatchingEngine bench, EngineOptions options)
    {
        foreach (var (name, weight) in Ratios)
        {
            context.Say($"{name}");
            context.Add(name, await new TenantFlood(bench, options).RunAsync(1, weight, TimeSpan.FromSeconds(context.Quick ? 15 : 25)), "×");
        }
    }

    private static double MedianOf(IEnumerable<double[]> rounds, double quantile) => BenchmarkContext.Median(rounds.Select(gaps => Quantile(gaps, quantile)));

    private static double Quantile(double[] values, double quantile)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
    }
}
