using System.Globalization;
using Granary.Benchmarks.Reporting;

namespace Granary.Benchmarks.Gateways;

/// <summary>
/// What the gateway costs, with its grains and its log in memory behind it, on an engine that computes nothing: it has one core, the load the other. The floor is Kestrel alone with the same bytes, the peer a
/// gateway that npm serves before that floor; each has the same core when its turn comes. Then the demo model's engine by itself and through the gateway, and connections on which nothing happens.
/// </summary>
internal sealed class GatewayBenchmark : IBenchmark
{
    /// <summary>Requests a second and core: half of those that are asked of a gateway.</summary>
    public const double HalfLoad = MinRequests / 2;

    private const double MinRequests = 2_000;
    private const double MaxAddedMilliseconds = 1;
    private const double MaxTokenMicroseconds = 50;
    private const double MinShare = 99;
    private const double MaxConnectionKilobytes = 50;

    public string Name => "gateway";

    public async Task RunAsync(BenchmarkContext context)
    {
        if (context.Wants("requests") || context.Wants("ttft") || context.Wants("tokens"))
        {
            using var first = SessionPriority.Raise();
            await BenchProcess.PinSelfAsync(NullEngineRounds.Loads, context.CancellationToken);
            await new NullEngineRounds(context).RunAsync();
            await BenchProcess.PinSelfAsync($"0-{Environment.ProcessorCount - 1}", context.CancellationToken);
        }

        if (context.Wants("engine"))
        {
            await EngineShare.MeasureAsync(context);
        }

        if (context.Wants("idle"))
        {
            await MeasureIdleAsync(context);
        }
    }

    public Report Judge(Report report, Report? other)
    {
        Bar[] bars =
        [
            .. Figure("requests: gateway", value => Bar.AtLeast("chat requests a second and core", value, MinRequests, "/s")),
            .. Figure("ttft at half load: added p99", value => Bar.AtMost("added p99 TTFT at half load", value, MaxAddedMilliseconds, "ms")),
            .. Figure("tokens: gateway", value => Bar.AtMost("CPU a streamed token, 64 streams", value, MaxTokenMicroseconds, "µs")),
            .. Figure("engine: through the gateway, of bare", value => Bar.AtLeast("of the bare engine's tokens, 32 streams", value, MinShare, "%")),
            .. Figure("idle: a connection", value => Bar.AtMost("an idle SignalR connection", value, MaxConnectionKilobytes, "KB")),
        ];
        return report with { Bars = bars };

        IEnumerable<Bar> Figure(string name, Func<double, Bar> bar) => report[name] is { } value ? [bar(value)] : [];
    }

    private static async Task MeasureIdleAsync(BenchmarkContext context)
    {
        var (count, cancel) = (context.Quick ? 2_000 : 10_000, context.CancellationToken);
        context.Say($"{count} connections");
        await using var process = await BenchProcess.StartSelfAsync("0", [GatewayServer.CommandName, "Granary:Gateway:MaxConnections=20000"], cancel);
        var url = new Uri(process.FirstLine);
        using var client = new HttpClient { BaseAddress = url };
        using (var warm = await IdleConnections.OpenAsync(url, 200, cancel))
        {
            await warm.LiveAsync(context.Quick ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(5), cancel);
        }

        var (managed, resident) = (await CollectAsync(), process.ResidentBytes);
        using var connections = await IdleConnections.OpenAsync(url, count, cancel);
        var time = TimeSpan.FromSeconds(context.Quick ? 3 : 10);
        await connections.LiveAsync(time, cancel);
        var (grown, cpu) = ((double)(process.ResidentBytes - resident) / count / 1000, process.Cpu);
        await connections.LiveAsync(time, cancel);
        context.Add("idle: processor time of all", 100 * (process.Cpu - cpu) / time, "% of a core");
        context.Add("idle: a connection, before a collection", grown, "KB");
        context.Add("idle: a connection's objects", (double)(await CollectAsync() - managed) / count / 1000, "KB");
        context.Add("idle: a connection", (double)(process.ResidentBytes - resident) / count / 1000, "KB");
        context.Note("idle: a connection", $"resident memory of the gateway's process by which {count} connections make it grow, both times after a collection");

        async Task<long> CollectAsync() => long.Parse(await client.GetStringAsync("bench/collect", cancel), CultureInfo.InvariantCulture);
    }
}
