using Granary.Benchmarks.Reporting;
using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Engine.Execution.Cuda;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Gpu;

/// <summary>Checks the engine on a GPU against golden numbers, and measures it against what the GPU can do and against Hugging Face transformers.</summary>
internal sealed class GpuBenchmark : IBenchmark
{
    private const int PrefillTokens = 2048;
    private const int EngineBatch = 32;
    private const string Small = "llama-1b";
    private const string Large = "llama-8b";
    private const string EngineShare = $"{Small} fp16: engine over bare graph at batch 32";
    private const string PeerShare = "serving: Granary over transformers";

    private static readonly int[] Batches = [1, 8, 32, 128];

    private string? _gpu;

    public string Name => "gpu";

    public async Task RunAsync(BenchmarkContext context)
    {
        _gpu = (await GpuThread.RunAsync(CudaDevice.Ask)).Name;
        using var models = new GpuModels();
        (string Shape, WeightKind Weights, int[] Batches)[] timed = [.. Timed(context.Quick).Where(part => context.Wants(NameOf(part.Shape, part.Weights)))];
        var ceilings = timed.Length > 0 ? await MeasureCeilingsAsync(context, models) : null;
        if (!context.Quick && context.Wants(GpuChecks.Part))
        {
            await GpuChecks.RunAsync(context, models);
        }

        foreach (var (shape, weights, batches) in timed)
        {
            await TimeAsync(context, models, ceilings!, shape, weights, batches);
        }
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Machine = report.Machine with { Gpu = _gpu },
        Bars =
        [
            .. Bar(report, GpuChecks.OtherTokens, outputs => Reporting.Bar.AtMost(GpuChecks.OtherTokens, outputs, 0, "")),
            .. Bar(report, GpuChecks.OtherThanCpu, error => Reporting.Bar.AtMost(GpuChecks.OtherThanCpu, error, 0.1, "")),
            .. Bar(report, GpuChecks.KvFailures, failures => Reporting.Bar.AtMost(GpuChecks.KvFailures, failures, 0, "")),
            .. Bar(report, Share(Small, 1), share => Reporting.Bar.AtLeast(Share(Small, 1), share, 0.55, "of the floor")),
            .. Bar(report, Share(Large, 1), share => Reporting.Bar.AtLeast(Share(Large, 1), share, 0.75, "of the floor")),
            .. Bar(report, EngineShare, share => Reporting.Bar.AtMost(EngineShare, share, 1.05, "×")),
            .. Bar(report, PeerShare, share => Reporting.Bar.AtLeast(PeerShare, share, 2, "×")),
        ],
    };

    private static IEnumerable<(string Shape, WeightKind Weights, int[] Batches)> Timed(bool quick)
    {
        yield return (Small, WeightKind.Fp16, Batches);
        if (!quick)
        {
            yield return (Small, WeightKind.Int4, [1]);
            yield return (Small, WeightKind.Fp32, [1, EngineBatch]);
            yield return (Large, WeightKind.Fp16, Batches);
            yield return (Large, WeightKind.Int4, [1]);
        }
    }

    private static string NameOf(string shape, WeightKind weights) => $"{shape} {weights.Name()}";

    private static async Task<DeviceCeilings> MeasureCeilingsAsync(BenchmarkContext context, GpuModels models)
    {
        var ceilings = await GpuThread.RunAsync(() => DeviceCeilings.Measure(models.PathOf("matmul.onnx")));
        context.Add("copy bandwidth, read and written", ceilings.CopyBytesPerSecond / 1e12, "TB/s");
        context.Add("fp16 MatMul, 8192³", ceilings.MatMulFlops / 1e12, "TFLOP/s");
        return ceilings;
    }

    private static IEnumerable<Bar> Bar(Report report, string figure, Func<double, Bar> bar) => report[figure] is { } value ? [bar(value)] : [];

    private static string Share(string shape, int batch) => $"{shape} fp16: floor over decode at batch {batch}";

    private static async Task TimeAsync(BenchmarkContext context, GpuModels models, DeviceCeilings ceilings, string shape, WeightKind weights, int[] batches)
    {
        context.Say(NameOf(shape, weights));
        var model = await models.SynthesiseAsync(shape, weights, context.CancellationToken);
        var atEngineBatch = await GpuThread.RunAsync(() => TimeBare(context, ceilings, model, weights, NameOf(shape, weights), batches));
        if (shape == Small && weights == WeightKind.Fp16)
        {
            await TimeEngineAsync(context, model, atEngineBatch);
            await ServeAsync(context, models, model);
        }

        models.Remove(model);
    }

    /// <returns>Milliseconds of a decode at the batch that the engine is compared at.</returns>
    private static double TimeBare(BenchmarkContext context, DeviceCeilings ceilings, ImportedModel model, WeightKind weights, string name, int[] batches)
    {
        using var bare = BareTimes.Open(model, batches.Max(), PrefillTokens);
        var atEngineBatch = 0.0;
        foreach (var batch in batches)
        {
            var milliseconds = bare.Decode(batch);
            var floor = ByteFloor.Milliseconds(model.Manifest, weights, (long)batch * BareTimes.Context * bare.TokenBytes, ceilings.CopyBytesPerSecond);
            context.Add($"{name}: decode at batch {batch}", milliseconds, "ms");
            context.Add($"{name}: byte floor at batch {batch}", floor, "ms");
            context.Add($"{name}: floor over decode at batch {batch}", floor / milliseconds, "");
            atEngineBatch = batch == EngineBatch ? milliseconds : atEngineBatch;
        }

        var prefill = bare.Prefill(PrefillTokens);
        context.Add($"{name}: prefill of {PrefillTokens}", PrefillTokens / prefill * 1e3, "tokens/s");
        var flops = 2.0 * (model.Manifest.ParameterCount - ((long)model.Manifest.VocabularySize * model.Manifest.HiddenSize * 2)) * PrefillTokens;
        context.Add($"{name}: prefill's share of the MatMul ceiling", flops / (prefill / 1e3) / ceilings.MatMulFlops, "");
        return atEngineBatch;
    }

    private static async Task TimeEngineAsync(BenchmarkContext context, ImportedModel model, double bareMilliseconds)
    {
        var options = new EngineOptions { Device = EngineOptions.Cuda, Slots = EngineBatch, SlotTokens = 2 * BareTimes.Context, KvCacheBytes = 40L << 30, PrefillChunkTokens = PrefillTokens };
        await using var engine = await LoadAsync(model, options);
        const int tokens = 128;
        await GpuLoad.StepMillisecondsAsync(engine, EngineBatch, BareTimes.Context - tokens, tokens); // compiles
        var milliseconds = await GpuLoad.StepMillisecondsAsync(engine, EngineBatch, BareTimes.Context - (tokens / 2), tokens);
        context.Add($"{Small} fp16: step of the whole engine at batch 32", milliseconds, "ms");
        context.Add(EngineShare, milliseconds / bareMilliseconds, "×");
    }

    private static async Task ServeAsync(BenchmarkContext context, GpuModels models, ImportedModel model)
    {
        var requests = ServingMix.Create(model.Manifest.VocabularySize);
        double rate;
        ClockedRunner runner = null!;
        await using (var engine = await LoadAsync(model, ServingMix.Options, loaded => runner = new ClockedRunner(loaded)))
        {
            await ServingMix.ServeAsync(engine, [.. requests.Take(8)]);
            runner.Reset();
            rate = await ServingMix.ServeAsync(engine, requests);
        }

        context.Add($"serving {requests.Count} requests: Granary", rate, "output tokens/s");
        context.Add($"serving {requests.Count} requests: all", requests.Sum(request => request.Tokens) / rate, "s");
        context.Add($"serving {requests.Count} requests: prompts", runner.Prefills.TotalSeconds, "s");
        context.Add($"serving {requests.Count} requests: decodes", runner.Decodes.TotalSeconds, "s");
        context.Add($"serving {requests.Count} requests: moving keys and values", runner.Moves.TotalSeconds, "s");
        if (context.Quick)
        {
            return;
        }

        context.Say("the same requests through transformers' continuous batching");
        var workload = models.PathOf("workload.json");
        ServingMix.Write(workload, requests);
        var (outcome, problem) = await TransformersPeer.ServeAsync(Environment.CurrentDirectory, models.PathOf(Small), workload, context.CancellationToken);
        if (outcome is null)
        {
            context.Say($"transformers did not run: {problem}");
            return;
        }

        context.Add(
            $"serving {requests.Count} requests: transformers {outcome.Transformers}, torch {outcome.Torch}, {outcome.Attention}",
            outcome.OutputTokens / outcome.Seconds,
            "output tokens/s");
        context.Add(PeerShare, rate / (outcome.OutputTokens / outcome.Seconds), "×");
    }

    private static async Task<IEngine> LoadAsync(ImportedModel model, EngineOptions options, Func<IModelRunner, IModelRunner>? wrap = null) =>
        await InferenceEngine.StartAsync(model.Manifest, new NoTokenizer(), options, TimeProvider.System, NullLogger.Instance, () =>
        {
            var runner = RunnerLoader.Load(model.Manifest, model.Folder, options);
            return wrap is null ? runner : wrap(runner);
        });
}
