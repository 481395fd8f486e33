using System.Globalization;
using Granary.Benchmarks.Reporting;
using Granary.Serving;

namespace Granary.Benchmarks.Routing;

/// <summary>
/// The routing policies side by side, through the router of a silo that has no replica itself, against round robin as the floor: throughput on unequal replicas, half filled and full, and the time to the
/// first token of conversations on the demo model. Rounds alternate between the policies.
/// </summary>
internal sealed class RoutingBenchmark : IBenchmark
{
    private const double MinLeastLoaded = 1.17;
    private const double MinDynamicScore = 1.39;
    private const double MinAffinity = 2;

    public string Name => "routing";

    public async Task RunAsync(BenchmarkContext context)
    {
        if (context.Wants("unequal"))
        {
            await UnequalAsync(context);
        }

        if (context.Wants("conversations"))
        {
            await ConversationsAsync(context);
        }
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            .. Ratio(report, "least-loaded / round-robin, half filled", Throughput(RoutingPolicyNames.LeastLoaded), Throughput(RoundRobin.PolicyName), MinLeastLoaded),
            .. Ratio(report, "dynamic-score / round-robin, half filled", Throughput(RoutingPolicyNames.DynamicScore), Throughput(RoundRobin.PolicyName), MinDynamicScore),
            .. Ratio(report, "first token, p90: round-robin / kv-affinity", FirstToken(RoundRobin.PolicyName), FirstToken(RoutingPolicyNames.KvAffinity), MinAffinity),
        ],
    };

    private static async Task UnequalAsync(BenchmarkContext context)
    {
        var slots = UnequalReplicas.Slots * UnequalReplicas.Steps.Count;
        context.Note("unequal replicas", $"a request takes {string.Join(", ", UnequalReplicas.Steps)} ms; {UnequalReplicas.Slots} slots each; {slots / 2} callers (half filled) and {slots} (full) who ask again at once");
        await using var cluster = await UnequalReplicas.StartAsync(context.CancellationToken);
        var length = TimeSpan.FromSeconds(context.Quick ? 2 : 4);
        await UnequalReplicas.RunAsync(cluster, RoundRobin.PolicyName, slots, TimeSpan.FromSeconds(2), context.CancellationToken); // compiles what is measured
        foreach (var (filled, callers) in new[] { ("half filled", slots / 2), ("full", slots) })
        {
            var runs = cluster.Policies.ToDictionary(policy => policy, _ => new List<(double PerSecond, double P90)>(), StringComparer.Ordinal);
            for (var round = 0; round < context.Runs; round++)
            {
                foreach (var policy in cluster.Policies)
                {
                    context.Say($"{filled}: {policy}");
                    runs[policy].Add(await UnequalReplicas.RunAsync(cluster, policy, callers, length, context.CancellationToken));
                }
            }

            foreach (var (policy, results) in runs)
            {
                context.Add($"{filled}: {policy}", BenchmarkContext.Median(results.Select(run => run.PerSecond)), "requests/s");
                context.Add($"{filled}: {policy}, p90", BenchmarkContext.Median(results.Select(run => run.P90)), "ms");
            }
        }
    }

    private static async Task ConversationsAsync(BenchmarkContext context)
    {
        var (conversations, turns) = (6, context.Quick ? 8 : 12);
        context.Note("conversations", string.Create(CultureInfo.InvariantCulture, $"demo model, 2 replicas with a thread each; {conversations} conversations of {turns} turns at a time; 400 characters a message, 16 tokens a reply; first turns are counted"));
        await using var load = await Conversations.StartAsync(context.CancellationToken);
        string[] policies = context.Quick
            ? [RoundRobin.PolicyName, RoutingPolicyNames.LeastLoaded, RoutingPolicyNames.KvAffinity]
            : [RoundRobin.PolicyName, .. load.Policies.Where(policy => policy != RoundRobin.PolicyName)];
        await load.RunAsync(RoundRobin.PolicyName, 2, 2, context.CancellationToken); // compiles what is measured
        var runs = policies.ToDictionary(policy => policy, _ => new List<ConversationTimes>(), StringComparer.Ordinal);
        for (var round = 0; round < context.Runs; round++)
        {
            foreach (var policy in policies)
            {
                context.Say($"conversations: {policy}");
                runs[policy].Add(await load.RunAsync(policy, conversations, turns, context.CancellationToken));
            }
        }

        foreach (var (policy, results) in runs)
        {
            context.Add($"first token: {policy}, p50", BenchmarkContext.Median(results.Select(run => run.P50)), "ms");
            context.Add(FirstToken(policy), BenchmarkContext.Median(results.Select(run => run.P90)), "ms");
            context.Add($"prompt tokens at hand: {policy}", BenchmarkContext.Median(results.Select(run => run.CachedPercent)), "%");
        }
    }

    private static IEnumerable<Bar> Ratio(Report report, string name, string figure, string floor, double bar) =>
        report[figure] is { } value && report[floor] is { } other ? [Bar.AtLeast(name, value / other, bar, "×")] : [];

    private static string Throughput(string policy) => $"half filled: {policy}";

    private static string FirstToken(string policy) => $"first token: {policy}, p90";
}
