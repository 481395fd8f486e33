using Granary.Engine;

namespace Granary.Benchmarks.Kv;

/// <summary>Many conversations that have all gone to sleep.</summary>
internal sealed class DormantCrowd(KvModel model)
{
    public const long HostBytes = 64L << 20;

    private const int PromptTokens = 40; // a block and a bit: what is stored is as large as in any conversation
    private const int Samples = 100;

    public int SlotsHeld { get; private set; }

    public long ResidentGrowth { get; private set; }

    public long HostUsed { get; private set; }

    public long DiskUsed { get; private set; }

    /// <summary>Of those woken, how many found what they had computed.</summary>
    public double Found { get; private set; }

    public async Task RunAsync(BenchmarkContext context, int conversations)
    {
        var options = new EngineOptions
        {
            Slots = 4,
            SlotTokens = 256,
            KvRetainFor = TimeSpan.Zero,
            KvHostBytes = HostBytes,
            KvDiskFolder = model.DiskFolder("dormant"),
            KvDiskBytes = 64L << 30,
        };
        await using var engine = await model.StartAsync(options);
        for (var warm = 0; warm < 8; warm++)
        {
            await KvModel.RunAsync(engine, model.Text(1_000_000 + warm, PromptTokens), 1);
        }

        var before = Resident();
        for (var number = 0; number < conversations; number++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (number % 1000 == 0)
            {
                context.Say($"dormant conversations, {number:N0} of {conversations:N0}");
            }

            await KvModel.RunAsync(engine, model.Text(number, PromptTokens), 1);
        }

        await SecondTurns.WaitAsync(() => engine.Status is { Running: 0, KeptSlots: 0 });
        ResidentGrowth = Resident() - before;
        SlotsHeld = engine.Status.Running + engine.Status.KeptSlots;
        HostUsed = engine.Status.HostKvBytes;
        DiskUsed = engine.Status.DiskKvBytes;
        var random = new Random(1);
        var found = 0;
        for (var sample = 0; sample < Samples; sample++)
        {
            var turn = await KvModel.RunAsync(engine, model.Text(random.Next(conversations), PromptTokens), 1);
            found += turn.CachedTokens > 0 ? 1 : 0;
        }

        Found = (double)found / Samples;
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
