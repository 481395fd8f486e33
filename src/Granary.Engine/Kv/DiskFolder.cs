namespace Granary.Engine.Kv;

/// <summary>
/// The files of one engine's blocks, <c>FOLDER/identity/ab/ab….kv</c>, named by their hashes so that a restart finds them without
/// an index file. One process at a time uses it.
/// </summary>
internal sealed class DiskFolder : IDisposable
{
    private const string Suffix = ".kv";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    /// <param name="root">Folder of all engines.</param>
    /// <param name="format">The blocks; another model's are in another folder.</param>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be used.</exception>
    public DiskFolder(string root, KvFormat format)
    {
        Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, Convert.ToHexStringLower(format.Identity.Span[..8])));
        CreateFolder(Path); // keys and values are what people wrote, in another form
        _lock = new FileStream(System.IO.Path.Combine(Path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>The engine's folder.</summary>
    public string Path { get; }

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

    public void Dispose() => _lock.Dispose();

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
