using Granary.Models.Catalog;

namespace Granary.Benchmarks.Gpu;

/// <summary>Whether a GPU computes what it should, on the models of tests/golden.</summary>
internal static class GpuChecks
{
    /// <summary>What the part is called, for <c>--only</c>.</summary>
    public const string Part = "golden";

    /// <summary>Outputs in fp32 that differ from the golden ones, which are of fp32, too.</summary>
    public const string OtherTokens = "golden: outputs in fp32 with other tokens, all models";

    /// <summary>The same in fp16, which cannot decide every tie of experts: a figure, not a bar.</summary>
    public const string OtherTokensInHalves = "golden: outputs in fp16 with other tokens, all models";

    /// <summary>Largest error of quantised weights, where no expert is chosen.</summary>
    public const string OtherThanCpu = "golden: int8 and int4 against the CPU's graph, largest relative error of dense models";

    /// <summary>Comparisons of keys and values that failed.</summary>
    public const string KvFailures = "keys and values moved: comparisons that failed";

    // Rounding may choose another expert, which changes everything that follows.
    private static readonly string[] WithExperts = ["mixtral", "qwen3_moe"];

    // A GPU's graph quantises no embedding.
    private static readonly HashSet<ModelPart> AsOnGpu = [ModelPart.Router, ModelPart.Norms, ModelPart.Embedding];

    /// <summary>Checks every kind of weights on every golden model.</summary>
    public static async Task RunAsync(BenchmarkContext context, GpuModels models)
    {
        var otherTokens = new Dictionary<WeightKind, int>();
        var otherThanCpu = 0.0;
        var kvFailures = 0;
        foreach (var folder in GoldenCheck.Folders(Environment.CurrentDirectory))
        {
            var name = Path.GetFileName(folder);
            context.Say($"golden numbers of {name}");
            foreach (var weights in (WeightKind[])[WeightKind.Fp32, WeightKind.Fp16, WeightKind.BFloat16])
            {
                var model = await ImportAsync(context, models, folder, weights, ModelDevices.Cuda);
                var agreement = await GoldenCheck.RunAsync(model, folder);
                context.Add($"golden {name} {weights.Name()}: largest relative error of logits", agreement.LogitError, "");
                var others = agreement.Outputs - agreement.EqualOutputs;
                context.Add($"golden {name} {weights.Name()}: outputs of {agreement.Outputs} with other tokens", others, "");
                otherTokens[weights] = otherTokens.GetValueOrDefault(weights) + others;
                kvFailures += await MoveKvAsync(context, model);
            }

            foreach (var weights in (WeightKind[])[WeightKind.Int8, WeightKind.Int4])
            {
                var onGpu = await ImportAsync(context, models, folder, weights, ModelDevices.Cuda);
                var onCpu = await ImportAsync(context, models, folder, weights, ModelDevices.Cpu, keepWide: AsOnGpu);
                var error = await GpuThread.RunAsync(() => GoldenCheck.Difference(onGpu, onCpu, folder));
                context.Add($"golden {name} {weights.Name()}: largest relative error of logits against the CPU's graph", error, "");
                otherThanCpu = WithExperts.Contains(name) ? otherThanCpu : Math.Max(otherThanCpu, error);
                kvFailures += await MoveKvAsync(context, onGpu);
            }
        }

        context.Add(OtherTokens, otherTokens[WeightKind.Fp32], "");
        context.Add(OtherTokensInHalves, otherTokens[WeightKind.Fp16], "");
        context.Add(OtherThanCpu, otherThanCpu, "");
        context.Add(KvFailures, kvFailures, "");
    }

    private static Task<ImportedModel> ImportAsync(
        BenchmarkContext context, GpuModels models, string folder, WeightKind weights, string device, IReadOnlySet<ModelPart>? keepWide = null) =>
        models.ImportAsync(folder, $"golden-{Path.GetFileName(folder)}-{weights.Name()}-{device}", weights, device, context.CancellationToken, keepWide);

    private static async Task<int> MoveKvAsync(BenchmarkContext context, ImportedModel model)
    {
        var failed = await GpuThread.RunAsync(() => KvCheck.Run(model));
        foreach (var what in failed)
        {
            context.Say($"{model.Manifest.Name}: it does not hold that {what}");
        }

        return failed.Count;
    }
}
