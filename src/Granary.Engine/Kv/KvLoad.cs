using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>Consecutive blocks of one prefix on their way from disk into reserved places of the host tier. Several disk threads work on one load.</summary>
internal sealed class KvLoad
{
    private int _next;
    private int _done;
    private int _firstMissing = int.MaxValue;

    /// <summary>The blocks in order, and where they go.</summary>
    public List<(BlockHash Hash, int Place)> Blocks { get; } = [];

    /// <summary>Sequences that wait for it. Only the engine's thread touches it.</summary>
    public List<Sequence> Waiting { get; } = [];

    /// <summary>When it was asked for. Only the engine's thread touches it.</summary>
    public long Since { get; init; }

    /// <summary>Whether it takes longer than anybody may wait. Only the engine's thread touches it.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Blocks that are in place; those behind them could not be read, or are of no use without them. Final once the load is handed back.</summary>
    public int Loaded => Math.Min(Volatile.Read(ref _firstMissing), Blocks.Count);

    /// <summary>Takes the next block to be read.</summary>
    /// <param name="block">Its index in <see cref="Blocks"/>.</param>
    /// <returns><see langword="false"/> when all are taken.</returns>
    public bool TryTake(out int block)
    {
        block = Interlocked.Increment(ref _next) - 1;
        return block < Blocks.Count;
    }

    /// <summary>Whether a block behind one that could not be read may be left out.</summary>
    public bool IsUseless(int block) => block > Volatile.Read(ref _firstMissing);

    /// <summary>Notes a block that was taken.</summary>
    /// <returns>Whether it was the last one of all: the load is to be handed back.</returns>
    public bool Finish(int block, bool isRead)
    {
        int missing = Volatile.Read(ref _firstMissing);
        while (!isRead && block < missing)
        {
            int found = Interlocked.CompareExchange(ref _firstMissing, block, missing);
            missing = found == missing ? block : found;
        }

        return Interlocked.Increment(ref _done) == Blocks.Count;
    }
}
