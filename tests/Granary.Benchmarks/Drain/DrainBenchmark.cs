using Granary.Benchmarks.Reporting;
using Granary.Chaos.Silos;

namespace Granary.Benchmarks.Drain;

/// <summary>What a reader notices when the silo that answers is asked to end: replies of 1,500 tokens of context move to another silo process with their keys and values.</summary>
internal sealed class DrainBenchmark : IBenchmark
{
    private const double PauseBar = 200;
    private const string Differences = "differences between readers, log and transcript";
    private static readonly int[] Streams = [1, 8, 32];

    public string Name => "drain";

    public async Task RunAsync(BenchmarkContext context)
    {
        var folder = Directory.CreateTempSubdirectory("granary-drain-").FullName;
        var setup = new ClusterSetup
        {
            Silos = [new("az-a", "az-a"), new("az-b", "az-b")],
            Slots = Streams[^1],
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Granary__Engine__SlotTokens"] = "2048",
                ["Granary__Engine__KvCacheBytes"] = $"{1L << 30}",
                ["Granary__Engine__KvHostBytes"] = $"{1L << 30}",
            },
        };
        var differences = 0;
        await using (var cluster = await ChaosCluster.StartAsync(setup, folder, context.CancellationToken))
        {
            var number = 0;
            foreach (var streams in Streams)
            {
                var rounds = new List<DrainRound>();
                for (var round = 0; round < (streams == 1 && !context.Quick ? 3 : 1) * context.Runs; round++)
                {
                    context.Say($"{streams} streams, drain {round + 1}");
                    rounds.Add(await DrainRound.RunAsync(cluster, cluster.Silos[number % 2], streams, number++, context.CancellationToken));
                }

                Report(context, streams, rounds);
                differences += rounds.Sum(round => round.Differences);
            }
        }

        await Deletion.DeleteAsync(folder);
        context.Add(Differences, differences, "");
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            .. Streams.Select(streams => Bar.AtMost(Median(streams), report[Median(streams)]!.Value, PauseBar, "ms")),
            .. Streams.Select(streams => Bar.AtMost(Max(streams), report[Max(streams)]!.Value, PauseBar, "ms")),
            .. Streams.Select(streams => Bar.AtLeast(Moved(streams), report[Moved(streams)]!.Value, 100, "%")),
            Bar.AtMost(Differences, report[Differences]!.Value, 0, ""),
        ],
    };

    private static void Report(BenchmarkContext context, int streams, List<DrainRound> rounds)
    {
        var pauses = rounds.SelectMany(round => round.Pauses).ToArray();
        var bytes = rounds.SelectMany(round => round.Bytes).ToArray();
        if (pauses.Length == 0 || rounds.Sum(round => round.Left) == 0)
        {
            throw new InvalidOperationException($"None of {streams} replies was given by the silo that left; nothing was measured.");
        }

        context.Add($"{streams} streams: of them at the silo that leaves", pauses.Length / rounds.Count, "");
        context.Add(Median(streams), BenchmarkContext.Median(pauses), "ms");
        context.Add(Max(streams), pauses.Max(), "ms");
        context.Add($"{streams} streams: wait between two tokens meanwhile, median", BenchmarkContext.Median(rounds.SelectMany(round => round.Waits)), "ms");
        context.Add(Moved(streams), 100.0 * bytes.Length / rounds.Sum(round => round.Left), "%");
        context.Add($"{streams} streams: moved by each", bytes.Length == 0 ? 0 : BenchmarkContext.Median(bytes) / 1e6, "MB");
        context.Add($"{streams} streams: from first to last byte, while the reply goes on, median", bytes.Length == 0 ? 0 : BenchmarkContext.Median(rounds.SelectMany(round => round.Handovers)), "ms");
    }

    private static string Median(int streams) => $"{streams} streams: longest pause that a reader sees, median";

    private static string Max(int streams) => $"{streams} streams: longest pause that a reader sees, max";

    private static string Moved(int streams) => $"{streams} streams: of those that moved, with their keys and values";
}
