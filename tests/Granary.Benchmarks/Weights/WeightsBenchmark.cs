using System.Diagnostics;
using Granary.Benchmarks.Reporting;
using Granary.Engine.Evaluation;
using Granary.Engine.Execution;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Weights;

/// <summary>Size, time to load and perplexity of the demo model in every kind of weights, against fp32 and against what transformers computed.</summary>
internal sealed class WeightsBenchmark : IBenchmark
{
    private const string Reference = "perplexity, transformers in fp32";
    private const double MostLossOfInt8 = 0.5; // percent
    private const double MostSizeOfInt8 = 30; // percent

    public string Name => "weights";

    public async Task RunAsync(BenchmarkContext context)
    {
        var sample = ReferenceSample.Read(Repository.DemoModel);
        context.Add(Reference, sample.Perplexity, "");
        var folder = Directory.CreateTempSubdirectory("granary-bench-weights-");
        try
        {
            var catalog = new ModelCatalog(folder.FullName);
            Measured? fp32 = null;
            foreach (var kind in Enum.GetValues<WeightKind>())
            {
                context.Say($"granary-chat in {kind.Name()}: import, load, {sample.Windows.Sum(window => window.Length)} tokens");
                var measured = await MeasureAsync(catalog, sample, kind, context.CancellationToken);
                fp32 ??= measured;
                context.Add($"{kind.Name()}: graph and weights", measured.Bytes / 1e6, "MB");
                context.Add(Size(kind), 100 * measured.Bytes / fp32.Bytes, "%");
                context.Add($"{kind.Name()}: load", measured.Load.TotalMilliseconds, "ms");
                context.Add(Perplexity(kind), measured.Perplexity, "");
                context.Add(Loss(kind), 100 * ((measured.Perplexity / fp32.Perplexity) - 1), "%");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            Bar.AtMost("fp32: perplexity off transformers'", 100 * Math.Abs((report[Perplexity(WeightKind.Fp32)]!.Value / report[Reference]!.Value) - 1), 0.01, "%"),
            Bar.AtMost("int8: perplexity lost against fp32", report[Loss(WeightKind.Int8)]!.Value, MostLossOfInt8, "%"),
            Bar.AtMost("int8: size against fp32", report[Size(WeightKind.Int8)]!.Value, MostSizeOfInt8, "%"),
        ],
    };

    private static async Task<Measured> MeasureAsync(ModelCatalog catalog, ReferenceSample sample, WeightKind kind, CancellationToken cancellationToken)
    {
        var request = new ImportRequest { Source = Repository.DemoModel, Name = kind.Name(), Weights = kind, Runtime = OnnxRuntimeVersion.Current };
        var manifest = await catalog.ImportAsync(request, progress: null, cancellationToken);
        using var model = catalog.Open(manifest.Name);
        var start = Stopwatch.GetTimestamp();
        using var loss = TextLoss.Load(manifest, model.Folder, sample.Windows.Max(window => window.Length));
        var load = Stopwatch.GetElapsedTime(start);

        // Graph and weights are what the format is answerable for; the tokenizer is the same for all.
        double bytes = manifest.FileBytes.Where(file => file.Key.StartsWith(manifest.GraphFile, StringComparison.Ordinal)).Sum(file => file.Value);
        return new(bytes, load, Math.Exp(sample.Windows.SelectMany(window => loss.Measure(window)).Average()));
    }

    private static string Size(WeightKind kind) => $"{kind.Name()}: size against fp32";

    private static string Perplexity(WeightKind kind) => $"{kind.Name()}: perplexity";

    private static string Loss(WeightKind kind) => $"{kind.Name()}: perplexity lost against fp32";

    private sealed record Measured(double Bytes, TimeSpan Load, double Perplexity);
}
