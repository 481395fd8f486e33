using Granary.Benchmarks.Reporting;
using Granary.Engine;

namespace Granary.Benchmarks.Kv;

/// <summary>What the KV cache is worth: second turns from every tier against none, dormant conversations, generations that move.</summary>
internal sealed class KvBenchmark : IBenchmark
{
    private const double Slack = 64; // MiB of memory beside host tier: indices, the disk's buffers, the runtime's own

    private const string None = "second turn at 1,500 tokens, TTFT without reuse";
    private const string Device = "second turn at 1,500 tokens, TTFT from the device";
    private const string Host = "second turn at 1,500 tokens, TTFT from host memory";
    private const string Disk = "second turn at 1,500 tokens, TTFT from disk after a restart";
    private const string Differences = "second turns whose output differs from that without reuse";
    private const string Conversations = "dormant conversations (history of 40 tokens)";
    private const string Slots = "dormant conversations: slots held";
    private const string Resident = "dormant conversations: growth of resident memory";
    private const string HostUsed = "dormant conversations: host memory used";
    private const string DiskEach = "dormant conversations: disk, each";
    private const string Found = "dormant conversations that find their KV again";
    private const string Pause = "generation moved at 1,500 tokens: pause between two tokens";
    private const string Moved = "moved generations whose tokens differ from an undisturbed run";

    public string Name => "kv";

    public async Task RunAsync(BenchmarkContext context)
    {
        using var model = await KvModel.ImportAsync(context.CancellationToken);
        await MeasureTurnsAsync(context, model);
        await MeasureMovesAsync(context, model);
        await MeasureCrowdAsync(context, model);
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            Bar.AtLeast("second turn, TTFT from the device, times better", report[None]!.Value / report[Device]!.Value, 10, "×"),
            Bar.AtLeast("second turn, TTFT from host memory, times better", report[None]!.Value / report[Host]!.Value, 10, "×"),
            Bar.AtMost(Differences, report[Differences]!.Value, 0, ""),
            Bar.AtMost(Moved, report[Moved]!.Value, 0, ""),
            Bar.AtMost(Slots, report[Slots]!.Value, 0, ""),
            Bar.AtMost(Resident, report[Resident]!.Value, (DormantCrowd.HostBytes / (double)(1 << 20)) + Slack, "MiB"),
            Bar.AtLeast(Found, report[Found]!.Value, 100, "%"),
        ],
    };

    private static async Task MeasureTurnsAsync(BenchmarkContext context, KvModel model)
    {
        var turns = new SecondTurns(model);
        await turns.RunAsync(context, context.Quick ? 3 : 9);
        foreach (var (name, tier) in ((string, List<Turn>)[])[(None, turns.None), (Device, turns.Device), (Host, turns.Host), (Disk, turns.Disk)])
        {
            context.Add(name, BenchmarkContext.Median(tier.Select(turn => turn.FirstTokenMs)), "ms");
            context.Add(name.Replace("TTFT", "prompt tokens reused", StringComparison.Ordinal), BenchmarkContext.Median(tier.Select(turn => (double)turn.CachedTokens)), "");
        }

        context.Add(Differences, turns.Differences, "");
    }

    private static async Task MeasureMovesAsync(BenchmarkContext context, KvModel model)
    {
        var options = new EngineOptions { Slots = 2, SlotTokens = 2048 };
        await using var from = await model.StartAsync(options);
        await using var to = await model.StartAsync(options);
        List<(double PauseMs, bool IsSame)> moves = [];
        for (var round = -1; round < (context.Quick ? 3 : 9); round++)
        {
            context.Say($"a generation moves, {round + 1}");
            var move = await MovedGeneration.RunAsync(model, from, to, round + 1);
            if (round >= 0)
            {
                moves.Add(move);
            }
        }

        context.Add(Pause, BenchmarkContext.Median(moves.Select(move => move.PauseMs)), "ms");
        context.Add(Moved, moves.Count(move => !move.IsSame), "");
    }

    private static async Task MeasureCrowdAsync(BenchmarkContext context, KvModel model)
    {
        var conversations = context.Quick ? 1000 : 10_000;
        var crowd = new DormantCrowd(model);
        await crowd.RunAsync(context, conversations);
        context.Add(Conversations, conversations, "");
        context.Add(Slots, crowd.SlotsHeld, "");
        context.Add(Resident, crowd.ResidentGrowth / (double)(1 << 20), "MiB");
        context.Add(HostUsed, crowd.HostUsed / (double)(1 << 20), "MiB");
        context.Add(DiskEach, crowd.DiskUsed / 1024.0 / conversations, "KiB");
        context.Add(Found, 100 * crowd.Found, "%");
    }
}
