using Granary.Benchmarks.Deployed;
using Granary.Benchmarks.Reporting;
using Granary.Benchmarks.Weights;
using Granary.Models.Catalog;
using Granary.Shards;

namespace Granary.Benchmarks.Shards;

/// <summary>What stages make of silos: throughput of K stages against one, with stages of a simulated time; what the demo model does over silo processes.</summary>
internal sealed class ShardsBenchmark : IBenchmark
{
    private const double LeastShare = 0.8;

    private static readonly int[] Stages = [1, 2, 4, 8];

    public string Name => "shards";

    public async Task RunAsync(BenchmarkContext context)
    {
        var folder = Directory.CreateTempSubdirectory("granary-bench-");
        try
        {
            var catalog = new ModelCatalog(folder.FullName);
            await catalog.ImportAsync(new ImportRequest { Source = Repository.DemoModel, Name = "demo" }, progress: null, context.CancellationToken);
            using var model = catalog.Open("demo");
            if (context.Wants("overlap"))
            {
                await MeasureOverlapAsync(context, new StageOverlap(model));
            }

            if (context.Wants("loss"))
            {
                await MeasureLossAsync(context, model);
            }

            if (context.Wants("silos"))
            {
                await MeasureSilosAsync(context);
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
            .. Stages.Where(stages => stages > 1 && report[Rate(stages)] is not null).Select(stages => Bar.AtLeast(
                $"{stages} stages against one, of {stages} times", report[Rate(stages)]!.Value / report[Rate(1)]!.Value / stages, LeastShare, "×")),
        ],
    };

    private static string Rate(int stages) => $"tokens a second, {stages} stage{(stages == 1 ? "" : "s")} of a simulated time";

    private static async Task MeasureSilosAsync(BenchmarkContext context)
    {
        context.Note("silo processes", SideBySide.About(SideBySide.Tokens(context)) + "; as many stages as silos");
        await using var silos = await DeployedSilos.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal), context.CancellationToken);
        await new SideBySide(silos, "staged", "granary:stage_sent_bytes").MeasureAsync(context, (stages, zones) => new { stages, zones });
    }

    private static async Task MeasureLossAsync(BenchmarkContext context, ImportedModel model)
    {
        var sample = ReferenceSample.Read(Repository.DemoModel);
        var windows = sample.Windows.Take(context.Quick ? 1 : 4).ToList();
        foreach (var format in Enum.GetValues<HiddenFormat>())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            context.Add($"perplexity of {windows.Sum(window => window.Length)} tokens in four stages, hidden states as {format}", await new WireLoss(model).PerplexityAsync(windows, format), "");
        }
    }

    private static async Task MeasureOverlapAsync(BenchmarkContext context, StageOverlap overlap)
    {
        context.Note("simulated stages", "80 ms a step for all layers, divided among the stages; two slots for each stage's lane; first layer and head of the demo model are computed here");
        var rates = Stages.ToDictionary(stages => stages, _ => new List<double>());
        for (var round = 0; round < context.Runs; round++)
        {
            foreach (var stages in Stages)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                rates[stages].Add(await overlap.RunAsync(stages, TimeSpan.FromSeconds(context.Quick ? 4 : 8)));
            }
        }

        foreach (var stages in Stages)
        {
            context.Add(Rate(stages), BenchmarkContext.Median(rates[stages]), "tokens/s");
        }
    }
}
