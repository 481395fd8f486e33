using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Kv;

/// <summary>
/// KV blocks on disk, below the host tier: written behind and read ahead by threads of its own, so that the engine's
/// thread never waits for a disk. What cannot be written or read is a miss, never an error of a request.
/// </summary>
internal sealed partial class DiskTier : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(10);

    // Disks answer several at once, and copying out of the page cache takes more than one processor (bench kv).
    private const int Readers = 4;

    private readonly DiskFolder _folder;
    private readonly KvFormat _format;
    private readonly HostTier _host;
    private readonly DiskIndex _index;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Action _wake;
    private readonly DiskWorker<(BlockHash Hash, int Place)> _writer;
    private readonly DiskWorker<KvLoad> _reader;
    private readonly ConcurrentQueue<int> _written = new();
    private readonly ConcurrentQueue<KvLoad> _loaded = new();
    private readonly AutoResetEvent _wrote = new(false);
    private long? _failedAt; // writer's thread alone

    /// <param name="root">Folder of all engines; this one's blocks go into a folder of their own in it.</param>
    /// <param name="bytes">Most bytes of this engine's files.</param>
    /// <param name="format">The blocks.</param>
    /// <param name="host">Where blocks come from and go to.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="wake">Called when <see cref="TryTakeWritten"/> or <see cref="TryTakeLoaded"/> has something new, from any thread.</param>
    /// <exception cref="IOException">The folder cannot be used, or another process uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be used.</exception>
    public DiskTier(string root, long bytes, KvFormat format, HostTier host, TimeProvider timeProvider, ILogger logger, Action wake)
    {
        (_format, _host, _timeProvider, _logger, _wake) = (format, host, timeProvider, logger, wake);
        _folder = new DiskFolder(root, format, timeProvider);
        int fileBytes = BlockFile.HeaderBytes + format.BlockBytes;
        _index = new DiskIndex(fileBytes, bytes);
        _folder.Scan(fileBytes).ForEach(_index.Add);
        MakeRoom(0);
        _writer = new("kv writer", threads: 1, Math.Clamp(host.Capacity / 2, 1, 1024), Write);
        _reader = new("kv reader", Readers, capacity: 1024, Read);
    }

    /// <summary>Blocks on disk.</summary>
    public int Count => _index.Count;

    /// <summary>Bytes of the files.</summary>
    public long Bytes => _index.Bytes;

    /// <summary>Whether a block is on disk.</summary>
    public bool Contains(BlockHash hash) => _index.Contains(hash);

    /// <summary>How many of these blocks are on disk before the first that is not.</summary>
    public int CountPrefix(ReadOnlySpan<BlockHash> hashes) => _index.CountPrefix(hashes);

    /// <summary>Notes that a block was used in a tier above.</summary>
    public void Use(BlockHash hash) => _index.Use(hash);

    /// <summary>Has a block written; its place must be pinned until <see cref="TryTakeWritten"/> gives it back.</summary>
    /// <returns><see langword="false"/> when too many wait already.</returns>
    public bool TryWrite(BlockHash hash, int place) => _writer.TryAdd((hash, place));

    /// <summary>A place whose block was written, or could not be.</summary>
    public bool TryTakeWritten(out int place) => _written.TryDequeue(out place);

    /// <summary>Waits until <see cref="TryTakeWritten"/> may have more; for the engine's end alone.</summary>
    public bool WaitForWrite() => _wrote.WaitOne(FinishWithin);

    /// <summary>Has blocks read into their reserved places.</summary>
    /// <returns><see langword="false"/> when too many loads wait already.</returns>
    public bool TryLoad(KvLoad load)
    {
        if (!_reader.TryAdd(load))
        {
            return false;
        }

        for (int helper = 1; helper < Math.Min(Readers, load.Blocks.Count) && _reader.TryAdd(load); helper++)
        {
            // Each thread that finds the load takes blocks of it until none is left.
        }

        return true;
    }

    /// <summary>A load that has come to its end.</summary>
    public bool TryTakeLoaded(out KvLoad load) => _loaded.TryDequeue(out load!);

    /// <summary>Writes what waits, for some seconds at most, and ends the threads.</summary>
    /// <returns><see langword="false"/> when a thread is stuck in the disk: memory that it may still touch must stay.</returns>
    public bool TryFinish()
    {
        bool finished = _writer.TryFinish(FinishWithin) && _reader.TryFinish(FinishWithin);
        if (!finished)
        {
            LogStuck(_folder.Path);
        }

        return finished;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _folder.Dispose();
        _wrote.Dispose();
    }

    private void Write((BlockHash Hash, int Place) item)
    {
        try
        {
            if (_failedAt is null || _timeProvider.GetElapsedTime(_failedAt.Value) >= RetryAfter)
            {
                MakeRoom(1);
                _folder.Write(_format, item.Hash, _host.Data(item.Place));
                _index.Add(item.Hash);
                if (_failedAt is not null)
                {
                    _failedAt = null;
                    LogWritesAgain(_folder.Path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_failedAt is null)
            {
                LogWriteFailed(_folder.Path, RetryAfter.TotalSeconds, e.Message);
            }

            _failedAt = _timeProvider.GetTimestamp();
        }
        finally
        {
            _written.Enqueue(item.Place);
            _wrote.Set();
            _wake();
        }
    }

    private void Read(KvLoad load)
    {
        while (load.TryTake(out int block))
        {
            (BlockHash hash, int place) = load.Blocks[block];
            bool isRead = !load.IsUseless(block) && TryRead(hash, _host.Data(place));
            if (load.Finish(block, isRead))
            {
                int loaded = load.Loaded;
                _loaded.Enqueue(load);
                _wake();
                NoteUse(load.Blocks.Take(loaded));
            }
        }
    }

    // In the files, for the next start, and after the load was handed back: nobody waits for it.
    private void NoteUse(IEnumerable<(BlockHash Hash, int Place)> blocks)
    {
        DateTime now = _timeProvider.GetUtcNow().UtcDateTime;
        foreach ((BlockHash hash, _) in blocks)
        {
            try
            {
                File.SetLastWriteTimeUtc(_folder.FileOf(hash), now);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It was given up meanwhile.
            }
        }
    }

    private bool TryRead(BlockHash hash, Span<byte> block)
    {
        string path = _folder.FileOf(hash);
        try
        {
            BlockFile.Read(path, _format, hash, block);
            _index.Use(hash);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            _index.Remove(hash);
            LogReadFailed(path, e.Message);
            Delete(path);
            return false;
        }
    }

    private void MakeRoom(int files)
    {
        while (_index.TryEvict(files, out BlockHash oldest))
        {
            Delete(_folder.FileOf(oldest));
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in no index any more; the next start finds it again.
        }
    }

    [LoggerMessage(2020, LogLevel.Warning, "KV blocks cannot be written to {Folder}; they are kept in memory alone, the next attempt is in {Seconds} s: {Reason}")]
    private partial void LogWriteFailed(string folder, double seconds, string reason);

    [LoggerMessage(2021, LogLevel.Information, "KV blocks can be written to {Folder} again")]
    private partial void LogWritesAgain(string folder);

    [LoggerMessage(2022, LogLevel.Warning, "KV block {Path} is not used and deleted: {Reason}")]
    private partial void LogReadFailed(string path, string reason);

    /// <summary>Says that reads take longer than anybody may wait.</summary>
    public void ReportHang(TimeSpan limit) => LogHangs(_folder.Path, limit.TotalSeconds);

    /// <summary>Says that a read which took too long has come to its end.</summary>
    public void ReportAnswer() => LogAnswers(_folder.Path);

    [LoggerMessage(2026, LogLevel.Warning, "The disk of {Folder} has not answered for {Seconds} s; what is on it is computed again until it does")]
    private partial void LogHangs(string folder, double seconds);

    [LoggerMessage(2027, LogLevel.Information, "The disk of {Folder} answers again")]
    private partial void LogAnswers(string folder);

    [LoggerMessage(2023, LogLevel.Error, "The disk of {Folder} does not answer; its KV blocks are left")]
    private partial void LogStuck(string folder);
}
