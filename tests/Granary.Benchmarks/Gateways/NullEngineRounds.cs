using System.Globalization;

namespace Granary.Benchmarks.Gateways;

/// <summary>Gateway, floor and peer in turns, on the same core, under the same loads.</summary>
internal sealed class NullEngineRounds(BenchmarkContext context)
{
    /// <summary>The core of the loads, and of the servers behind the peer.</summary>
    public const string Loads = "1";

    private const string Path = "/v1/chat/completions";
    private const string Mine = "0";
    private const int Connections = 32;
    private const int Streams = 64;
    private const int ReplyTokens = 16;
    private const int StreamTokens = 200;
    private const string HalfLoad = "ttft at half load";
    private const string OwnHalf = "ttft at half of what it streams";

    private static readonly TimeSpan AfterHalt = TimeSpan.FromMilliseconds(300);

    private static readonly string[] Parts = ["requests", "ttft", "tokens"];

    private readonly Dictionary<(string Part, string Who), List<double>> _values = [];
    private readonly CancellationToken _cancel = context.CancellationToken;

    private TimeSpan Time => TimeSpan.FromSeconds(context.Quick ? 2 : 6);

    private TimeSpan ArrivalTime => TimeSpan.FromSeconds(context.Quick ? 3 : 6);

    public async Task RunAsync()
    {
        await using var gateway = await BenchProcess.StartSelfAsync(Mine, [GatewayServer.CommandName, "Granary:Completions:Keep=00:00:01"], _cancel);
        await using var floor = await BenchProcess.StartSelfAsync(Mine, [FloorServer.CommandName], _cancel);
        await using var upstream = await BenchProcess.StartSelfAsync(Loads, [FloorServer.CommandName], _cancel);
        await RecordAsync(new Uri(gateway.FirstLine), [new Uri(floor.FirstLine), new Uri(upstream.FirstLine)]);
        var (peer, peerUrl) = await PeerGateway.StartAsync(Mine, _cancel);
        await using var running = peer;
        context.Peer = PeerGateway.Name;
        Target[] targets =
        [
            new("gateway", [gateway], new Uri(gateway.FirstLine), []),
            new("floor", [floor], new Uri(floor.FirstLine), []),
            new("peer", [peer, upstream], peerUrl, PeerGateway.Headers(new Uri(upstream.FirstLine))),
        ];
        foreach (var target in targets)
        {
            context.Say($"warm-up: {target.Name}");
            await WarmUpAsync(target);
            target.Halt(true);
        }

        foreach (var part in Parts.Where(context.Wants))
        {
            for (var round = 0; round < context.Runs; round++)
            {
                foreach (var target in targets)
                {
                    context.Say($"{part}: {target.Name}, round {round + 1}");
                    target.Halt(false);
                    await Task.Delay(AfterHalt, _cancel);
                    await MeasureAsync(part, target);
                    target.Halt(true);
                }
            }
        }

        Report();
    }

    // A gateway is some thousands of methods, which .NET compiles for good when they have been called often.
    private async Task WarmUpAsync(Target target)
    {
        var (seconds, streams) = (target.Name, context.Quick) switch
        {
            ("gateway", true) => (5, 3),
            ("gateway", false) => (30, 8),
            (_, true) => (1, 0),
            _ => (3, 1),
        };
        var (time, atOnce) = (TimeSpan.FromSeconds(seconds), Load(target, GatewayServer.AtOnce, true, ReplyTokens));
        await Load(target, GatewayServer.AtOnce, false, ReplyTokens).SaturateAsync(Connections, time, _cancel);
        await atOnce.SaturateAsync(Connections, time, _cancel);
        if (target.Name == "gateway")
        {
            await atOnce.ArriveAsync(GatewayBenchmark.HalfLoad, time, _cancel); // requests that come at random take other ways through the thread pool
        }

        for (var round = 0; round < streams; round++)
        {
            await Load(target, GatewayServer.Paced, true, StreamTokens).RunAsync(Streams, _cancel);
        }
    }

    private async Task MeasureAsync(string part, Target target)
    {
        var cpu = target.Process.Cpu;
        switch (part)
        {
            case "requests":
                foreach (var streams in new[] { false, true })
                {
                    var load = Load(target, GatewayServer.AtOnce, streams, ReplyTokens);
                    cpu = target.Process.Cpu;
                    var answers = await load.SaturateAsync(Connections, Time, _cancel);
                    Add(streams ? "requests, streamed" : "requests", target, answers / Time.TotalSeconds);
                    Add(streams ? "requests, streamed: CPU" : "requests: CPU", target, (target.Process.Cpu - cpu).TotalMicroseconds / answers);
                }

                break;
            case "ttft":
                await MeasureArrivalsAsync(HalfLoad, target, target.Name == "peer" ? OwnRate(target.Name) : GatewayBenchmark.HalfLoad);
                if (!context.Quick && target.Name != "peer")
                {
                    await MeasureArrivalsAsync(OwnHalf, target, OwnRate("gateway"));
                }

                break;
            default:
                await Load(target, GatewayServer.Paced, true, StreamTokens).RunAsync(Streams, _cancel);
                Add("tokens", target, (target.Process.Cpu - cpu).TotalMicroseconds / (Streams * StreamTokens));
                break;
        }
    }

    private async Task MeasureArrivalsAsync(string part, Target target, double rate)
    {
        var paused = await PausedAsync(target);
        var arrivals = await Load(target, GatewayServer.AtOnce, true, ReplyTokens).ArriveAsync(rate, ArrivalTime, _cancel);
        var times = arrivals.Times;
        if (times.Length > 0)
        {
            Add($"{part}: p50", target, times[times.Length / 2]);
            Add($"{part}: p99", target, times[times.Length * 99 / 100]);
        }

        Add($"{part}: not counted", target, arrivals.Unseen);
        if (target.Name == "gateway")
        {
            Add($"{part}: stands still for the garbage collector", target, 100 * (await PausedAsync(target) - paused) / ArrivalTime.TotalMilliseconds);
        }
    }

    /// <summary>Milliseconds that the gateway stood still for the garbage collector, in all.</summary>
    private async Task<double> PausedAsync(Target target)
    {
        if (target.Name != "gateway")
        {
            return 0;
        }

        using var client = new HttpClient();
        return double.Parse(await client.GetStringAsync(new Uri(target.Url, "bench/pauses"), _cancel), CultureInfo.InvariantCulture);
    }

    /// <summary>Half of what was found to be streamed, or what is asked of a gateway where that was not measured.</summary>
    private double OwnRate(string who) => _values.TryGetValue(("requests, streamed", who), out var found) ? BenchmarkContext.Median(found) / 2 : GatewayBenchmark.HalfLoad;

    private void Add(string part, Target target, double value)
    {
        if (!_values.TryGetValue((part, target.Name), out var values))
        {
            _values[(part, target.Name)] = values = [];
        }

        values.Add(value);
    }

    private void Report()
    {
        foreach (var ((part, who), values) in _values)
        {
            context.Add($"{part}: {who}", BenchmarkContext.Median(values), UnitOf(part));
        }

        foreach (var part in new[] { HalfLoad, OwnHalf })
        {
            if (_values.TryGetValue(($"{part}: p99", "gateway"), out var with) && _values.TryGetValue(($"{part}: p99", "floor"), out var without))
            {
                context.Add($"{part}: added p99", BenchmarkContext.Median(with.Zip(without, (gateway, floor) => gateway - floor)), "ms");
            }
        }

        context.Note(HalfLoad, string.Create(CultureInfo.InvariantCulture, $"streamed replies at {GatewayBenchmark.HalfLoad:N0} requests a second, half of what a gateway must answer; the floor's at the same rate, the peer's at half of what it streams"));
        context.Note(OwnHalf, string.Create(CultureInfo.InvariantCulture, $"the same at {OwnRate("gateway"):N0} a second, half of what this gateway streams"));
        context.Note("requests", $"chat requests of {ReplyTokens} tokens over {Connections} connections, the server on one core alone");
        context.Note("tokens", $"processor time of the server a token: {Streams} streams, a token each every {GatewayServer.Step.TotalMilliseconds:0} ms, from engine to socket");
    }

    private static string UnitOf(string part) => part switch
    {
        "requests" or "requests, streamed" => "/s",
        "tokens" => "µs",
        _ when part.EndsWith("CPU", StringComparison.Ordinal) => "µs",
        _ when part.EndsWith("not counted", StringComparison.Ordinal) || part.EndsWith("collector", StringComparison.Ordinal) => "%",
        _ => "ms",
    };

    private static HttpLoad Load(Target target, string model, bool streams, int tokens) =>
        new(target.Url, HttpConnection.Post(Path, Body(model, streams, tokens), target.Headers));

    private static string Body(string model, bool streams, int tokens) =>
        $$"""{"model":"{{model}}","stream":{{(streams ? "true" : "false")}},"max_tokens":{{tokens}},"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Say something about the sea, please."}]}""";

    /// <summary>Gives the floors what the gateway answers.</summary>
    private async Task RecordAsync(Uri gateway, Uri[] floors)
    {
        using var client = new HttpClient();
        foreach (var (model, streams, tokens) in new[] { (GatewayServer.AtOnce, false, ReplyTokens), (GatewayServer.AtOnce, true, ReplyTokens), (GatewayServer.Paced, true, StreamTokens) })
        {
            using var request = new StringContent(Body(model, streams, tokens), null, "application/json");
            using var answer = await client.PostAsync(new Uri(gateway, Path), request, _cancel);
            answer.EnsureSuccessStatusCode();
            var bytes = await answer.Content.ReadAsByteArrayAsync(_cancel);
            foreach (var floor in floors)
            {
                using var content = new ByteArrayContent(bytes);
                using var kept = await client.PutAsync(new Uri(floor, $"answers/{model}/{(streams ? "stream" : "whole")}"), content, _cancel);
                kept.EnsureSuccessStatusCode();
            }
        }
    }

    /// <summary>What is measured. The others stand still meanwhile: an idle server, too, has timers and collects its garbage.</summary>
    private sealed record Target(string Name, BenchProcess[] Processes, Uri Url, string[] Headers)
    {
        public BenchProcess Process => Processes[0];

        public void Halt(bool stands) => Array.ForEach(Processes, process => process.Halt(stands));
    }
}
