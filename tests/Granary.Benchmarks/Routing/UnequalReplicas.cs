using Granary.Serving;

namespace Granary.Benchmarks.Routing;

/// <summary>Three replicas of which one takes twice and one three times as long as the fastest, and callers who ask again as soon as they are answered.</summary>
internal static class UnequalReplicas
{
    /// <summary>What they serve.</summary>
    public const string Model = "paced";

    /// <summary>Slots of each.</summary>
    public const int Slots = 16;

    /// <summary>How long a request takes in each, in milliseconds.</summary>
    public static IReadOnlyList<int> Steps { get; } = [20, 40, 60];

    private const int Conversations = 2_000;

    /// <summary>Starts them; each one's weight is its speed.</summary>
    public static Task<RoutingCluster> StartAsync(CancellationToken cancellationToken) => RoutingCluster.StartAsync(
        Model,
        [.. Steps.Select(step => (
            (IReadOnlyDictionary<string, string?>)new Dictionary<string, string?>(StringComparer.Ordinal) { ["Granary:Routing:Weight"] = FormattableString.Invariant($"{1000.0 / step}") },
            (Granary.Shards.ILocalModelLoader?)new PacedModelLoader(TimeSpan.FromMilliseconds(step), Slots)))],
        cancellationToken);

    /// <summary>Requests a second, and the time that nine of ten take, after a second in which the policy learns.</summary>
    public static async Task<(double PerSecond, double P90Milliseconds)> RunAsync(RoutingCluster cluster, string policy, int callers, TimeSpan length, CancellationToken cancellationToken)
    {
        await cluster.UseAsync(policy, cancellationToken);
        var begin = TimeProvider.System.GetTimestamp();
        var warm = TimeSpan.FromSeconds(1);
        var answers = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => CallAsync(cluster, caller, begin, warm, warm + length, cancellationToken)));
        var times = answers.SelectMany(times => times).Order().ToArray();
        return (times.Length / length.TotalSeconds, times[(int)(times.Length * 0.9)]);
    }

    private static async Task<List<double>> CallAsync(RoutingCluster cluster, int caller, long begin, TimeSpan from, TimeSpan until, CancellationToken cancellationToken)
    {
        var (random, times) = (new Random(caller), new List<double>());
        while (TimeProvider.System.GetElapsedTime(begin) < until)
        {
            var request = new GenerateRequest { RequestId = Guid.NewGuid().ToString("N"), SessionId = $"{random.Next(Conversations)}", Prompts = [new RawPrompt("Hello")] };
            var asked = TimeProvider.System.GetTimestamp();
            await cluster.AskAsync(request, cancellationToken);
            var now = TimeProvider.System.GetElapsedTime(begin);
            if (now >= from && now < until)
            {
                times.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
            }
        }

        return times;
    }
}
