using Granary.Engine;

namespace Granary.Benchmarks.Kv;

/// <summary>Second turns of conversations of 1,500 tokens, from each tier and from none, one after another so that the machine's moods hit all alike.</summary>
internal sealed class SecondTurns(KvModel model)
{
    public const int History = 1500;

    private const int Reply = 30;
    private const int NewTokens = 20;
    private const int Tokens = 32;

    public List<Turn> None { get; } = [];

    public List<Turn> Device { get; } = [];

    public List<Turn> Host { get; } = [];

    public List<Turn> Disk { get; } = [];

    /// <summary>Replies that differ from those without reuse.</summary>
    public int Differences => new[] { Device, Host, Disk }.Sum(tier => tier.Zip(None).Count(pair => !pair.First.Reply.SequenceEqual(pair.Second.Reply)));

    public async Task RunAsync(BenchmarkContext context, int rounds)
    {
        await using var none = await model.StartAsync(Options(caching: false));
        await using var device = await model.StartAsync(Options());
        await using var host = await model.StartAsync(Options(retain: TimeSpan.Zero));
        for (var round = -1; round < rounds; round++) // the first warms up
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            context.Say($"second turns, {Math.Max(0, round + 1)} of {rounds}");
            var prompt = model.Text(round + 1, History - Reply);
            var reply = (await KvModel.RunAsync(none, prompt, Reply)).Reply;
            int[] next = [.. prompt, .. reply, .. model.Text(1000 + round, NewTokens)];
            await KvModel.RunAsync(device, prompt, Reply);
            await KvModel.RunAsync(host, prompt, Reply);
            await WaitAsync(() => host.Status.KeptSlots == 0);
            await using (var before = await model.StartAsync(Options(disk: "turns")))
            {
                await KvModel.RunAsync(before, prompt, Reply);
            }

            await using var disk = await model.StartAsync(Options(disk: "turns"));
            await KvModel.RunAsync(disk, model.Text(5000 + round, 64), 2); // its first pass compiles
            foreach (var (engine, turns) in ((IEngine, List<Turn>)[])[(none, None), (device, Device), (host, Host), (disk, Disk)])
            {
                var turn = await KvModel.RunAsync(engine, next, Tokens);
                if (round >= 0)
                {
                    turns.Add(turn);
                }
            }
        }
    }

    public static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }
    }

    private EngineOptions Options(bool caching = true, TimeSpan? retain = null, string? disk = null) => new()
    {
        Slots = 2,
        SlotTokens = 2048,
        PrefixCaching = caching,
        KvRetainFor = retain ?? TimeSpan.FromMinutes(10),
        KvDiskFolder = disk is null ? "" : model.DiskFolder(disk),
    };
}
