using Granary.Benchmarks.Reporting;

namespace Granary.Benchmarks.Experts;

/// <summary>What distributed experts cost: routing beyond the gate's matrix product, and what the demo model does with its experts over silo processes.</summary>
internal sealed class ExpertsBenchmark : IBenchmark
{
    private const double LimitNanoseconds = 1000;

    private static readonly RoutingCost[] Shapes =
    [
        .. from shape in new (int Experts, int PerToken)[] { (8, 2), (32, 4), (64, 6), (128, 8) }
           from normalizes in new[] { true, false }
           select new RoutingCost(shape.Experts, shape.PerToken, normalizes),
    ];

    // Few tokens: what a step costs is shared by few. Many: a chunk of a prompt.
    private static readonly int[] Batches = [8, 64, 256];

    public string Name => "experts";

    public async Task RunAsync(BenchmarkContext context)
    {
        if (context.Wants("routing"))
        {
            MeasureRouting(context);
        }

        if (context.Wants("silos"))
        {
            await ExpertsOverSilos.MeasureAsync(context);
        }
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars = [.. Shapes.SelectMany(shape => Batches.Select(shape.Name)).Where(name => report[name] is not null).Select(name => Bar.AtMost(name, report[name]!.Value, LimitNanoseconds, "ns/token"))],
    };

    private static void MeasureRouting(BenchmarkContext context)
    {
        context.Note("routing", "top-k, weights, load table and grouping by three destinations, of random logits");
        var rounds = context.Quick ? 3 : 9;
        var times = Shapes.ToDictionary(shape => shape, _ => Batches.Select(_ => new List<double>()).ToArray());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var shape in Shapes)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                for (var batch = 0; batch < Batches.Length; batch++)
                {
                    times[shape][batch].Add(shape.Measure(Batches[batch], TimeSpan.FromMilliseconds(100)));
                }
            }
        }

        foreach (var shape in Shapes)
        {
            for (var batch = 0; batch < Batches.Length; batch++)
            {
                context.Add(shape.Name(Batches[batch]), BenchmarkContext.Median(times[shape][batch]), "ns/token");
            }
        }
    }
}
