namespace Granary.Engine.Kv;

/// <summary>
/// The files of one engine's blocks, <c>FOLDER/identity/ab/ab….kv</c>, named by their hashes so that a restart finds them without
/// an index file. One process at a time uses it.
/// </summary>
internal sealed class DiskFolder : IDisposable
{
    private const string Suffix = ".kv";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string LockName = "lock";
    private const int NameBytes = 8;

    // Of who takes or tries the lock of a folder in this process.
    private static readonly Lock Gate = new();

    private readonly TimeProvider _timeProvider;
    private readonly FileStream _lock;

    /// <param name="root">Folder of all engines.</param>
    /// <param name="format">The blocks; another model's are in another folder.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be used.</exception>
    public DiskFolder(string root, KvFormat format, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, NameOf(format)));
        lock (Gate)
        {
            CreateFolder(Path); // keys and values are what people wrote, in another form
            _lock = TakeLock(Path);
        }

        NoteUse();
    }

    /// <summary>The engine's folder.</summary>
    public string Path { get; }

    /// <summary>The folder's name for these blocks.</summary>
    public static string NameOf(KvFormat format) => Convert.ToHexStringLower(format.Identity.Span[..NameBytes]);

    /// <summary>Whether a folder of this name may be one of an engine's blocks.</summary>
    public static bool IsName(string name) => name.Length == 2 * NameBytes && name.All(char.IsAsciiHexDigitLower);

    /// <summary>When an engine began or ceased to use a folder.</summary>
    public static DateTime LastUseOf(DirectoryInfo folder) => File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder.FullName, LockName));

    /// <summary>Gives a folder that no process uses another name.</summary>
    /// <returns><see langword="false"/> when one does.</returns>
    /// <exception cref="UnauthorizedAccessException">It cannot be renamed.</exception>
    public static bool TryRename(string path, string newPath)
    {
        lock (Gate)
        {
            try
            {
                using FileStream unused = TakeLock(path);
                Directory.Move(path, newPath);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>The file of a block.</summary>
    public string FileOf(BlockHash hash)
    {
        string name = hash.ToString();
        return System.IO.Path.Combine(Path, name[..2], name + Suffix);
    }

    /// <summary>Writes a block.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Write(KvFormat format, BlockHash hash, ReadOnlySpan<byte> block)
    {
        string path = FileOf(hash);
        CreateFolder(System.IO.Path.GetDirectoryName(path)!);
        BlockFile.Write(path, format, hash, block);
    }

    /// <summary>The blocks that are here, least recently used first; what a crash left half-written is deleted.</summary>
    /// <param name="fileBytes">Bytes that a whole file has.</param>
    public List<BlockHash> Scan(int fileBytes)
    {
        List<(DateTime Used, BlockHash Hash)> found = [];
        foreach (DirectoryInfo folder in new DirectoryInfo(Path).EnumerateDirectories())
        {
            foreach (FileInfo file in folder.EnumerateFiles())
            {
                if (file.Extension == Suffix && file.Length == fileBytes && BlockHash.TryParse(System.IO.Path.GetFileNameWithoutExtension(file.Name), out BlockHash hash))
                {
                    found.Add((file.LastWriteTimeUtc, hash));
                }
                else
                {
                    file.Delete();
                }
            }
        }

        found.Sort((one, other) => one.Used.CompareTo(other.Used));
        return found.ConvertAll(file => file.Hash);
    }

    public void Dispose()
    {
        NoteUse();
        _lock.Dispose();
    }

    private static FileStream TakeLock(string path) =>
        new(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private void NoteUse() => File.SetLastWriteTimeUtc(_lock.SafeFileHandle, _timeProvider.GetUtcNow().UtcDateTime);

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }
}
