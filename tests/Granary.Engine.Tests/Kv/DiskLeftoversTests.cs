using Granary.Engine.Kv;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Kv;

public sealed class DiskLeftoversTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("granary-kv-");
    private readonly RecordedLog _log = new();

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Clean_over_the_limit_deletes_the_folders_used_longest_ago()
    {
        string[] folders = [.. Enumerable.Range(1, 4).Select(age => Leave($"old {age}", age, bytes: 1000))];
        Clean(limitBytes: 2500);
        Assert.Equal(folders[..2], Folders());
        Assert.Equal(2, _log.Entries.Count);
        Clean(limitBytes: 2500);
        Assert.Equal(folders[..2], Folders());
    }

    [Fact]
    public void Clean_leaves_what_is_in_use_its_own_and_what_is_no_engines()
    {
        KvFormat served = Format("served");
        using var inUse = new DiskFolder(_root.FullName, served, TimeProvider.System);
        File.WriteAllBytes(Path.Combine(inUse.Path, "a.kv"), new byte[5000]);
        string own = Leave("own", ageDays: 9, bytes: 5000);
        string strange = _root.CreateSubdirectory("somebody's own").FullName;
        Leave("old", ageDays: 1, bytes: 5000);
        Clean(limitBytes: 100);
        Assert.Equal(new[] { inUse.Path, own, strange }.Order(StringComparer.Ordinal), Folders().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Clean_deletes_what_a_crash_left_of_a_folder_that_was_given_up()
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "0123456789abcdef.doomed", "ab"));
        Clean(limitBytes: long.MaxValue);
        Assert.Empty(Folders());
    }

    [Fact]
    public void Clean_folder_that_is_gone_costs_a_warning()
    {
        new DiskLeftovers(Path.Combine(_root.FullName, "none"), Format("own"), _log).Clean(1);
        Assert.Single(_log.Entries);
    }

    private static KvFormat Format(string fingerprint) => KvFormat.Of(ToyEngine.Manifest with { Fingerprint = fingerprint }, 256, blockTokens: 16);

    private void Clean(long limitBytes) => new DiskLeftovers(_root.FullName, Format("own"), _log).Clean(limitBytes);

    private string[] Folders() => [.. _root.EnumerateDirectories().OrderByDescending(DiskFolder.LastUseOf).Select(folder => folder.FullName)];

    /// <summary>What an engine leaves behind that was used so long ago.</summary>
    private string Leave(string fingerprint, int ageDays, int bytes)
    {
        string path;
        using (var folder = new DiskFolder(_root.FullName, Format(fingerprint), TimeProvider.System))
        {
            path = folder.Path;
        }

        string block = Path.Combine(Directory.CreateDirectory(Path.Combine(path, "ab")).FullName, "a.kv");
        File.WriteAllBytes(block, new byte[bytes]);
        File.SetLastWriteTimeUtc(Path.Combine(path, "lock"), new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc).AddDays(-ageDays));
        return path;
    }
}
