using Granary.Engine.Kv;
using Granary.Engine.Tests.Toy;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Tests.Kv;

public sealed class DiskTierTests : IDisposable
{
    private const int BlockBytes = 4096;
    private const long FileBytes = BlockFile.HeaderBytes + BlockBytes;

    private static readonly KvFormat Format = KvFormat.Of(ToyEngine.Manifest, BlockBytes / 16, blockTokens: 16);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");
    private readonly HostTier _host = new(64 * BlockBytes, BlockBytes);
    private readonly SemaphoreSlim _wakes = new(0);
    private readonly RecordedLog _log = new();
    private readonly ManualTime _time = new();

    public void Dispose()
    {
        _host.Dispose();
        _wakes.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TryLoad_after_a_restart_gives_what_was_written()
    {
        using (DiskTier tier = Open())
        {
            await WriteAsync(tier, 1, 2, 3);
            Close(tier);
        }

        using DiskTier reopened = Open();
        Assert.Equal(3, reopened.CountPrefix([Hash(1), Hash(2), Hash(3), Hash(4)]));
        Assert.Equal(3 * FileBytes, reopened.Bytes);
        KvLoad load = await LoadAsync(reopened, 1, 2, 3);
        Assert.Equal(3, load.Loaded);
        Assert.All(load.Blocks, (block, i) => Assert.True(_host.Data(block.Place).SequenceEqual(Content(i + 1))));
        Assert.Empty(_log.Entries);
        Close(reopened);
    }

    [Theory]
    [InlineData("torn")]
    [InlineData("flipped")]
    [InlineData("foreign")]
    [InlineData("gone")]
    public async Task TryLoad_bad_file_is_refused_and_deleted_and_nothing_behind_it_is_used(string how)
    {
        using DiskTier tier = Open();
        await WriteAsync(tier, 1, 2, 3);
        string path = PathOf(2);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        switch (how)
        {
            case "torn":
                await File.WriteAllBytesAsync(path, bytes[..1000]);
                break;
            case "flipped":
                bytes[3000] ^= 4;
                await File.WriteAllBytesAsync(path, bytes);
                break;
            case "foreign":
                BlockFile.Write(path, KvFormat.Of(ToyEngine.Manifest with { Fingerprint = "other" }, BlockBytes / 16, 16), Hash(2), Content(2));
                break;
            default:
                File.Delete(path);
                break;
        }

        KvLoad load = await LoadAsync(tier, 1, 2, 3);
        Assert.Equal(1, load.Loaded);
        Assert.False(File.Exists(path));
        Assert.False(tier.Contains(Hash(2)));
        Assert.True(tier.Contains(Hash(3)));
        Assert.Equal(LogLevel.Warning, Assert.Single(_log.Entries).Level);
        Close(tier);
    }

    [Fact]
    public async Task TryWrite_over_the_limit_deletes_the_least_recently_used_files()
    {
        using (DiskTier tier = Open(limit: (4 * FileBytes) + 100))
        {
            await WriteAsync(tier, 1, 2, 3, 4);
            await LoadAsync(tier, 1);
            await WriteAsync(tier, 5, 6);
            Assert.Equal([1, 4, 5, 6], Enumerable.Range(1, 6).Where(i => tier.Contains(Hash(i))));
            Assert.Equal([1, 4, 5, 6], Enumerable.Range(1, 6).Where(i => File.Exists(PathOf(i))));
            Close(tier);
        }

        using DiskTier smaller = Open(limit: 2 * FileBytes);
        Assert.Equal(2, smaller.Count);
        Assert.Equal(2, Directory.GetFiles(_folder.FullName, "*.kv", SearchOption.AllDirectories).Length);
        Close(smaller);
    }

    [Fact]
    public async Task TryWrite_disk_that_refuses_costs_one_warning_and_is_tried_again_later()
    {
        using DiskTier tier = Open();
        string blocked = Path.GetDirectoryName(PathOf(1))!;
        await File.WriteAllTextAsync(blocked, "in the way of a folder"); // what root cannot write either
        await WriteAsync(tier, 1, 1, 1);
        Assert.Equal(0, tier.Count);
        Assert.Equal(LogLevel.Warning, Assert.Single(_log.Entries).Level);

        File.Delete(blocked);
        await WriteAsync(tier, 1);
        Assert.Equal(0, tier.Count); // not yet
        _time.Advance(TimeSpan.FromMinutes(1));
        await WriteAsync(tier, 1);
        Assert.Equal(1, tier.Count);
        Assert.Equal(2, _log.Entries.Count);
        Close(tier);
    }

    [Fact]
    public async Task Open_after_a_crash_clears_what_was_left_half_written()
    {
        using (DiskTier tier = Open())
        {
            await WriteAsync(tier, 1, 2);
            Close(tier);
        }

        File.Move(PathOf(1), PathOf(1) + BlockFile.TemporarySuffix);
        await File.WriteAllBytesAsync(PathOf(2), new byte[77]);
        using DiskTier reopened = Open();
        Assert.Equal(0, reopened.Count);
        Assert.Single(Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories)); // the lock
        Close(reopened);
    }

    [Fact]
    public void Open_folder_in_use_is_refused()
    {
        using DiskTier tier = Open();
        Assert.Throws<IOException>(() => Open());
        Close(tier);
    }

    private static BlockHash Hash(int key) => BlockHash.Root(Format, "").Next([key]);

    private static byte[] Content(int key)
    {
        byte[] bytes = new byte[BlockBytes];
        new Random(key).NextBytes(bytes);
        return bytes;
    }

    private static void Close(DiskTier tier) => Assert.True(tier.TryFinish());

    private string PathOf(int key) =>
        Path.Combine(_folder.FullName, Convert.ToHexStringLower(Format.Identity.Span[..8]), Hash(key).ToString()[..2], Hash(key) + ".kv");

    private DiskTier Open(long limit = 1 << 20) => new(_folder.FullName, limit, Format, _host, _time, _log, () => _wakes.Release());

    private async Task WriteAsync(DiskTier tier, params int[] keys)
    {
        foreach (int key in keys)
        {
            Assert.True(_host.TryReserve(Hash(key), 0, out int place));
            Content(key).CopyTo(_host.Data(place));
            Assert.True(tier.TryWrite(Hash(key), place));
            await _wakes.WaitAsync();
            Assert.True(tier.TryTakeWritten(out int written));
            Assert.Equal(place, written);
            _host.Discard(place);
        }
    }

    private async Task<KvLoad> LoadAsync(DiskTier tier, params int[] keys)
    {
        var load = new KvLoad();
        foreach (int key in keys)
        {
            Assert.True(_host.TryReserve(Hash(key), 0, out int place));
            load.Blocks.Add((Hash(key), place));
        }

        Assert.True(tier.TryLoad(load));
        await _wakes.WaitAsync();
        Assert.True(tier.TryTakeLoaded(out KvLoad loaded));
        Assert.Same(load, loaded);
        load.Blocks.ForEach(block => { if (load.Loaded == 0) { _host.Discard(block.Place); } });
        return load;
    }
}
