using Granary.Benchmarks.Engine.Gguf;
using Granary.Benchmarks.Engine.LlamaCpp;
using Granary.Benchmarks.Reporting;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Engine;

/// <summary>The whole engine, its bare graph and llama.cpp in one run, alternating, on models of the same weights at like bits.</summary>
internal sealed class EngineBenchmark : IBenchmark
{
    private const string Unit = "tokens/s";
    private const int WarmUpSteps = 4;
    private const int Rounds = 5;

    // After the first round, settings of llama.cpp that are this far behind its best are not measured again.
    private const double OutOfTheRace = 0.9;

    public string Name => "engine";

    public async Task RunAsync(BenchmarkContext context)
    {
        var files = new BenchFiles();
        LlamaNative.Load(await files.LlamaCppAsync(context.CancellationToken));
        context.Peer = $"{LlamaNative.Version}, {Path.GetFileName(LlamaNative.CpuBackend)}";
        foreach (var contest in Contests(files, context.CancellationToken).Where(contest => context.Wants(contest.Name)))
        {
            context.Say($"{contest.Name} against {contest.PeerName}");
            using var model = await files.ImportedAsync(contest, context.CancellationToken);
            await using var run = await ContestRun.LoadAsync(model, files.Gguf(contest), context.Quick, context.CancellationToken);
            if (contest.Type is GgufType.F32)
            {
                var (equal, prompts) = GreedyProof.Count(run.Peers[0], contest.Source);
                context.Add(EngineBars.Proof, equal, $"of {prompts}");
            }

            context.Note($"{contest.Name}, bytes of weights", $"engine {BenchFiles.Bytes(model):N0}, llama.cpp {new FileInfo(files.Gguf(contest)).Length:N0}");
            await MeasureAsync(context, contest, run);
            if (contest is { Model: BenchFiles.Demo, Weights: WeightKind.Int4 })
            {
                await MeasureBatchingAsync(context, run);
            }
        }
    }

    public Report Judge(Report report, Report? other) => report with { Bars = EngineBars.Of(report) };

    private static IEnumerable<Contest> Contests(BenchFiles files, CancellationToken cancellationToken) =>
    [
        new("0.5b", files.HalfBillion(cancellationToken), WeightKind.Int4, GgufType.Q4_0),
        new("0.5b", files.HalfBillion(cancellationToken), WeightKind.Int8, GgufType.Q8_0),
        new("0.5b", files.HalfBillion(cancellationToken), WeightKind.W8A8, GgufType.Q8_0),
        new(BenchFiles.Demo, files.DemoModel, WeightKind.Fp32, GgufType.F32),
        new(BenchFiles.Demo, files.DemoModel, WeightKind.Int8, GgufType.Q8_0),
        new(BenchFiles.Demo, files.DemoModel, WeightKind.Int4, GgufType.Q4_0),
    ];

    private static async Task MeasureAsync(BenchmarkContext context, Contest contest, ContestRun run)
    {
        foreach (var streams in Workload.Batches)
        {
            var steps = contest.Steps(streams, context.Quick);
            if (!context.Quick || streams == 1)
            {
                await run.WarmUpAsync(streams, steps);
                await run.DecodeAsync(streams, WarmUpSteps, run.Peers);
            }

            await MeasureAsync(context, run, EngineBars.Decode(contest.Name, streams), peers => run.DecodeAsync(streams, steps, peers));
        }

        if (!context.Quick)
        {
            await run.PrefillAsync(run.Peers);
        }

        await MeasureAsync(context, run, EngineBars.Prefill(contest.Name), run.PrefillAsync);
    }

    private static async Task MeasureAsync(BenchmarkContext context, ContestRun run, string what, Func<IReadOnlyList<LlamaDecoder>, Task<ContestRun.Round>> measure)
    {
        var peers = run.Peers.ToList();
        List<double> engine = [];
        List<double> bare = [];
        var peerRates = peers.ToDictionary(peer => peer, _ => new List<double>());
        for (var round = 0; round < (context.Quick ? 1 : Rounds); round++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var rates = await measure(peers);
            engine.Add(rates.Engine);
            bare.Add(rates.Bare);
            for (var peer = 0; peer < peers.Count; peer++)
            {
                peerRates[peers[peer]].Add(rates.Peers[peer]);
            }

            var best = peers.Max(peer => peerRates[peer][^1]);
            peers.RemoveAll(peer => peerRates[peer][^1] < OutOfTheRace * best);
        }

        var winner = peers.MaxBy(peer => BenchmarkContext.Median(peerRates[peer]))!;
        context.Note($"{what}, llama.cpp is best with", winner.Settings.ToString());
        context.Add(EngineBars.Of(what, EngineBars.Engine), BenchmarkContext.Median(engine), Unit);
        context.Add(EngineBars.Of(what, EngineBars.BareGraph), BenchmarkContext.Median(bare), Unit);
        context.Add(EngineBars.Of(what, EngineBars.Peer), BenchmarkContext.Median(peerRates[winner]), Unit);
        context.Add(EngineBars.OfPeer(what), Ratio(engine, peerRates[winner]), "×");
        if (what.Contains("decode", StringComparison.Ordinal))
        {
            context.Add(EngineBars.OfGraph(what), Ratio(engine, bare), "×");
        }
    }

    // Of rounds, each of which measured both within seconds: what else the machine does changes from one to the next.
    private static double Ratio(List<double> engine, List<double> other) => BenchmarkContext.Median([.. engine.Zip(other, (mine, theirs) => mine / theirs)]);

    private static async Task MeasureBatchingAsync(BenchmarkContext context, ContestRun run)
    {
        var requests = LengthMix.Requests(context.Quick ? 256 : 512, run.Engine.Manifest.VocabularySize);
        context.Note("mixed lengths", LengthMix.Definition(requests.Length));
        context.Add(EngineBars.Continuous, await BatchingContest.ContinuousAsync(run.Engine, requests), Unit);
        context.Add(EngineBars.Static, BatchingContest.Static(run.Bare, requests, ContestRun.Options.Slots), Unit);
    }
}
