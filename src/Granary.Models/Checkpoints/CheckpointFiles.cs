namespace Granary.Models.Checkpoints;

/// <summary>Finds the weight files of a folder and keeps an index from naming anything outside it.</summary>
internal static class CheckpointFiles
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const int MaxShards = 10_000;

    /// <summary>Paths of the weight files in the order of their names, and the index if there is one.</summary>
    public static IReadOnlyList<string> Locate(string folder, out CheckpointIndex? index)
    {
        index = null;
        if (File.Exists(Path.Combine(folder, Single)))
        {
            return [Resolve(folder, Single, Path.Combine(folder, Single))];
        }

        var indexPath = Path.Combine(folder, Index);
        if (File.Exists(indexPath))
        {
            index = CheckpointIndex.Read(Resolve(folder, Index, indexPath));
            var shards = index.Shards;
            return shards.Count is > 0 and <= MaxShards
                ? [.. shards.Select(shard => Resolve(folder, shard, indexPath))]
                : throw new ModelFormatException(indexPath, $"names {shards.Count} weight files; 1 to {MaxShards} are allowed.");
        }

        var pickle = Directory.EnumerateFiles(folder).Select(Path.GetFileName)
            .FirstOrDefault(name => Path.GetExtension(name) is ".bin" or ".pt" or ".pth" or ".ckpt" or ".pkl");
        throw pickle is null
            ? new ModelFormatException(folder, $"has neither {Single} nor {Index}. Point at a Hugging Face model folder with safetensors.")
            : new ModelFormatException(Path.Combine(folder, pickle), "is a pickle file, which can run code when it is read, and is refused. Use a checkpoint in safetensors, or convert this one.");
    }

    /// <summary>The path of a file of the folder; refuses names and links that lead out of it.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="name">A plain file name.</param>
    /// <param name="namedBy">The file to blame.</param>
    public static string Resolve(string folder, string name, string namedBy)
    {
        if (name.Length is 0 or > 255 || name is "." or ".." || name.AsSpan().IndexOfAny("/\\\0:") >= 0)
        {
            throw new ModelFormatException(namedBy, $"names the file '{name}'; only plain names of files beside it are allowed.");
        }

        var path = Path.Combine(Path.GetFullPath(folder), name);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new ModelFormatException(path, "the file is missing. The download is incomplete: fetch it again.");
        }

        if (file.LinkTarget is not null)
        {
            var target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            if (target is null || !IsAllowedTarget(RealFolder(folder), Path.GetFullPath(target)))
            {
                throw new ModelFormatException(path, "is a link that leads out of the model folder. Copy the file into the folder.");
            }
        }

        return path;
    }

    // A snapshot of the Hugging Face cache consists of links from <model>/snapshots/<revision>/ to <model>/blobs/.
    private static bool IsAllowedTarget(string folder, string target)
    {
        var targetFolder = Path.GetDirectoryName(target);
        var snapshots = Path.GetDirectoryName(folder);
        return targetFolder == folder
            || (Path.GetFileName(snapshots) == "snapshots" && targetFolder == Path.Combine(Path.GetDirectoryName(snapshots)!, "blobs"));
    }

    private static string RealFolder(string folder)
    {
        var full = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return full.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full.FullName;
    }
}
