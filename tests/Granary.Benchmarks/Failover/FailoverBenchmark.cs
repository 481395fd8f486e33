using Granary.Benchmarks.Reporting;
using Granary.Chaos.Silos;

namespace Granary.Benchmarks.Failover;

/// <summary>kill -9 of a silo with running conversations, again and again: how long until it is declared dead, until they are active elsewhere, until the next token is seen.</summary>
internal sealed class FailoverBenchmark : IBenchmark
{
    private const string Detection = "silo declared dead";
    private const string Reactivation = "conversation active elsewhere";
    private const string FirstToken = "first new token";
    private const string Kills = "kills";
    private const string Streams = "streams that were hit";
    private const string Differences = "differences between readers, log and transcript";
    private static readonly string[] Ranks = ["min", "median", "max"];

    public string Name => "failover";

    public async Task RunAsync(BenchmarkContext context)
    {
        var folder = Directory.CreateTempSubdirectory("granary-failover-").FullName;
        await using (var cluster = await ChaosCluster.StartAsync(new ClusterSetup(), folder, context.CancellationToken))
        {
            await using var membership = await MembershipWatch.OpenAsync(cluster.Postgres.ConnectionString, context.CancellationToken);
            var differences = 0;
            if (context.Wants("kills"))
            {
                differences += await KillAsync(context, cluster, membership);
            }

            if (context.Wants("join"))
            {
                differences += await JoinAsync(context, cluster, membership);
            }

            context.Add(Differences, differences, "");
        }

        await Deletion.DeleteAsync(folder);
    }

    public Report Judge(Report report, Report? other)
    {
        List<Bar> bars = [Bar.AtMost(Differences, report[Differences]!.Value, 0, "")];
        if (report[$"{FirstToken}, max"] is { } longest)
        {
            bars.Add(Bar.AtMost($"{FirstToken}, max: promised", longest, 30, "s"));
            bars.Add(Bar.AtMost($"{FirstToken}, max: aimed at", longest, 3, "s"));
        }

        return report with { Bars = bars };
    }

    private static async Task<int> KillAsync(BenchmarkContext context, ChaosCluster cluster, MembershipWatch membership)
    {
        var kills = context.Quick ? 4 : 21;
        var rounds = new List<FailoverRound>();
        for (var kill = 0; kill < kills; kill++)
        {
            context.Say($"kill {kill + 1} of {kills}");
            rounds.Add(await FailoverRound.RunAsync(cluster, membership, kill, context.CancellationToken));
        }

        context.Add(Kills, rounds.Count, "");
        context.Add(Streams, rounds.Sum(round => round.FirstTokens.Count), "");
        Add(context, Detection, [.. rounds.Select(round => round.Detection)]);
        Add(context, Reactivation, [.. rounds.SelectMany(round => round.Reactivations)]);
        Add(context, FirstToken, [.. rounds.SelectMany(round => round.FirstTokens)]);
        return rounds.Sum(round => round.Differences);
    }

    private static async Task<int> JoinAsync(BenchmarkContext context, ChaosCluster cluster, MembershipWatch membership)
    {
        context.Say("a silo joins");
        var joined = await JoinRound.RunAsync(cluster, membership, context.CancellationToken);
        context.Note("conversations after a silo joined", joined.Counts);
        context.Add("a silo joins: it has a new conversation", joined.Accepted, "s");
        context.Add($"a silo joins: it has 9/10 of its share of {JoinRound.Conversations} sleeping ones", joined.Shared, "s");
        context.Add("a silo joins: then the fullest silo is above the mean by", joined.Skew, "%");
        return joined.Differences;
    }

    private static void Add(BenchmarkContext context, string name, double[] seconds)
    {
        Array.Sort(seconds);
        foreach (var (rank, value) in Ranks.Zip([seconds[0], seconds[seconds.Length / 2], seconds[^1]]))
        {
            context.Add($"{name}, {rank}", value, "s");
        }
    }
}
