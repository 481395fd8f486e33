using Granary.Engine.Kv;
using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Kv;

/// <summary>Who waits for a slot has its blocks read from disk meanwhile.</summary>
public sealed class LoadAheadTests : IDisposable
{
    private const int BlockTokens = 16;
    private static readonly KvFormat Format = KvFormat.Of(ToyEngine.Manifest, sizeof(int), BlockTokens);
    private static readonly BlockHash Root = BlockHash.Root(Format, "");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Schedule_without_a_slot_reads_for_the_one_behind_the_next()
    {
        BlockHash first = Root.Next(new int[BlockTokens]);
        using (var folder = new DiskFolder(_folder.FullName, Format, TimeProvider.System))
        {
            folder.Write(Format, first, new byte[Format.BlockBytes]);
        }

        using var wakes = new SemaphoreSlim(0);
        var time = new ManualTime();
        var host = new HostTier(1 << 16, Format.BlockBytes);
        var disk = new DiskTier(_folder.FullName, 1 << 20, Format, host, time, new RecordedLog(), () => wakes.Release());
        using var store = new BlockStore(Format, host, disk, TimeSpan.FromSeconds(5), time, new KvMetrics("toy", time, () => 0));
        var scheduler = new Scheduler(new ToyRunner(1, 64), new EngineOptions { PrefillChunkTokens = 32 }, time, store);
        scheduler.Add(ToySequence.New());
        scheduler.Commit(scheduler.Schedule());
        scheduler.Add(ToySequence.New());
        Sequence stored = Stored();
        scheduler.Add(stored);

        scheduler.Schedule();
        Assert.Equal([stored], scheduler.Tiers.Loading);
        await wakes.WaitAsync();
        scheduler.Tend();
        Assert.Empty(scheduler.Tiers.Loading);
        Assert.Equal((1, 2), (scheduler.Running, scheduler.Waiting));
        Assert.Equal(1, store.CountHost([first]));
    }

    private static Sequence Stored() => new(
        "r", new int[2 * BlockTokens], 4, SamplingResolver.Resolve(new(), new()), new OutputText(new ToyTokenizer().CreateStreamDecoder(), []), new OutputStream())
    {
        Chain = new BlockChain(Root, BlockTokens, 64),
    };
}
