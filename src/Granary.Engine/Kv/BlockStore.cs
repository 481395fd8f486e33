using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>
/// The tiers below the device, as the engine's thread sees them: blocks go into host memory and from there to disk by
/// themselves; what is on disk comes back into host memory before it is used. Engine's thread only.
/// </summary>
/// <param name="format">The blocks' sizes.</param>
/// <param name="host">Host memory.</param>
/// <param name="disk">The disk, if there is one.</param>
/// <param name="diskTimeout">How long anybody waits for the disk.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="metrics">What is counted.</param>
internal sealed class BlockStore(KvFormat format, HostTier host, DiskTier? disk, TimeSpan diskTimeout, TimeProvider timeProvider, KvMetrics metrics) : IDisposable
{
    private readonly List<KvLoad> _loading = [];
    private int _overdue;

    /// <summary>The blocks' sizes.</summary>
    public KvFormat Format => format;

    public KvMetrics Metrics => metrics;

    /// <summary>Whether there is a disk.</summary>
    public bool HasDisk => disk is not null;

    /// <summary>Most blocks of one sequence that are kept: it must not push out its own beginning, nor everybody else.</summary>
    public int MaxBlocks => (host.Capacity + 1) / 2;

    /// <summary>Bytes of the blocks in host memory.</summary>
    public long HostBytes => (long)host.Count * format.BlockBytes;

    /// <summary>Bytes of the files on disk.</summary>
    public long DiskBytes => disk?.Bytes ?? 0;

    /// <summary>How many of these blocks are in host memory before the first that is not.</summary>
    public int CountHost(ReadOnlySpan<BlockHash> hashes)
    {
        int count = 0;
        while (count < hashes.Length && host.Contains(hashes[count]))
        {
            count++;
        }

        return count;
    }

    /// <summary>How many of these blocks are in host memory or on disk before the first that is not.</summary>
    public int CountAll(ReadOnlySpan<BlockHash> hashes)
    {
        int count = 0;
        while (count < hashes.Length && (host.Contains(hashes[count]) || host.IsFilling(hashes[count]) || disk?.Contains(hashes[count]) == true))
        {
            count++;
        }

        return count;
    }

    /// <summary>Whether a block is in host memory, or on its way there.</summary>
    public bool Has(BlockHash hash) => host.Contains(hash) || host.IsFilling(hash);

    /// <summary>A block in host memory; valid until the next call.</summary>
    public bool TryGet(BlockHash hash, out ReadOnlySpan<byte> block)
    {
        long now = timeProvider.GetTimestamp();
        if (!host.TryUse(hash, now, out int place, out long lastUse))
        {
            block = [];
            return false;
        }

        metrics.Reused(lastUse, now);
        block = host.Data(place);
        return true;
    }

    /// <summary>Makes a conversation's blocks the most recently used ones, its first block last of all: ends of conversations are given up first.</summary>
    public void Touch(ReadOnlySpan<BlockHash> hashes)
    {
        long now = timeProvider.GetTimestamp();
        for (int block = hashes.Length - 1; block >= 0; block--)
        {
            host.TryUse(hashes[block], now, out _, out _);
            disk?.Use(hashes[block]);
        }
    }

    /// <summary>Takes a place for a block that host memory lacks; <see cref="Commit"/> or <see cref="Discard"/> follows.</summary>
    /// <returns><see langword="false"/> when all of host memory waits for the disk.</returns>
    public bool TryReserve(BlockHash hash, out int place)
    {
        TakeWritten();
        return host.TryReserve(hash, timeProvider.GetTimestamp(), out place);
    }

    /// <summary>The bytes of a reserved place.</summary>
    public Span<byte> Data(int place) => host.Data(place);

    /// <summary>A reserved place holds its block now; it goes to disk too, if there is one.</summary>
    /// <param name="hash">The block.</param>
    /// <param name="place">Its place.</param>
    /// <param name="isWhole">Whether it is a whole block; a part of one stays in memory.</param>
    public void Commit(BlockHash hash, int place, bool isWhole = true)
    {
        if (isWhole && disk is not null && !disk.Contains(hash))
        {
            host.Pin(place);
            if (!disk.TryWrite(hash, place))
            {
                host.Unpin(place);
                metrics.NotWritten();
            }
        }

        host.Publish(place);
    }

    /// <summary>A reserved place gets no block.</summary>
    public void Discard(int place) => host.Discard(place);

    /// <summary>Has a prefix's blocks read that are on disk alone.</summary>
    /// <param name="hashes">The blocks of a prefix, in order.</param>
    /// <param name="waiter">Told when they are there.</param>
    /// <returns><see langword="false"/> when there is nothing to wait for.</returns>
    public bool TryLoad(ReadOnlySpan<BlockHash> hashes, Sequence waiter)
    {
        int present = CountHost(hashes);
        if (disk is null || present == hashes.Length || _overdue > 0)
        {
            return false;
        }

        if (host.IsFilling(hashes[present]))
        {
            return TryJoin(hashes[present], waiter);
        }

        KvLoad load = Reserve(hashes[..CountAll(hashes)]);
        if (load.Blocks.Count == 0)
        {
            return false;
        }

        load.Waiting.Add(waiter);
        if (!disk.TryLoad(load))
        {
            load.Blocks.ForEach(block => host.Discard(block.Place));
            return false;
        }

        _loading.Add(load);
        return true;
    }

    /// <summary>Takes in what the disk has done since the last call.</summary>
    /// <param name="ready">Gets the sequences whose blocks are there, as far as they could be read.</param>
    public void Receive(List<Sequence> ready)
    {
        TakeWritten();
        while (disk is not null && disk.TryTakeLoaded(out KvLoad load))
        {
            for (int block = 0; block < load.Blocks.Count; block++)
            {
                if (block < load.Loaded)
                {
                    host.Publish(load.Blocks[block].Place);
                }
                else
                {
                    host.Discard(load.Blocks[block].Place);
                }
            }

            _loading.Remove(load);
            ready.AddRange(load.Waiting);
            if (load.IsOverdue && --_overdue == 0)
            {
                disk.ReportAnswer();
            }
        }

        GiveUpWaiting(ready);
    }

    /// <summary>How long nobody has waited too long for the disk.</summary>
    public TimeSpan RestForDisk()
    {
        TimeSpan rest = Timeout.InfiniteTimeSpan;
        foreach (KvLoad load in _loading)
        {
            TimeSpan left = diskTimeout - timeProvider.GetElapsedTime(load.Since);
            if (!load.IsOverdue && (rest == Timeout.InfiniteTimeSpan || left < rest))
            {
                rest = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }

        return rest;
    }

    /// <summary>Waits for room in host memory that the disk takes up; for the engine's end alone.</summary>
    public bool WaitForDisk() => disk?.WaitForWrite() == true;

    public void Dispose()
    {
        if (disk is not null)
        {
            if (!disk.TryFinish())
            {
                return; // its threads may still touch the arena
            }

            disk.Dispose();
        }

        host.Dispose();
    }

    private KvLoad Reserve(ReadOnlySpan<BlockHash> hashes)
    {
        TakeWritten();
        long now = timeProvider.GetTimestamp();
        var load = new KvLoad { Since = now };
        foreach (BlockHash hash in hashes)
        {
            if (host.Contains(hash))
            {
                continue;
            }

            // Half of the arena at most: the rest is for those who run.
            if (host.IsFilling(hash) || load.Blocks.Count >= MaxBlocks || !host.TryReserve(hash, now, out int place))
            {
                break;
            }

            load.Blocks.Add((hash, place));
        }

        return load;
    }

    // Places of a read that hangs stay taken: the disk may write to them whenever it comes back.
    private void GiveUpWaiting(List<Sequence> ready)
    {
        foreach (KvLoad load in _loading)
        {
            if (load.IsOverdue || timeProvider.GetElapsedTime(load.Since) < diskTimeout)
            {
                continue;
            }

            load.IsOverdue = true;
            ready.AddRange(load.Waiting);
            load.Waiting.Clear();
            if (_overdue++ == 0)
            {
                disk!.ReportHang(diskTimeout);
            }
        }
    }

    private bool TryJoin(BlockHash hash, Sequence waiter)
    {
        foreach (KvLoad load in _loading)
        {
            if (load.Blocks.Exists(block => block.Hash == hash))
            {
                load.Waiting.Add(waiter);
                return true;
            }
        }

        return false;
    }

    private void TakeWritten()
    {
        while (disk is not null && disk.TryTakeWritten(out int place))
        {
            host.Unpin(place);
        }
    }
}
