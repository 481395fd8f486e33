using Granary.Errors;

namespace Granary.Models.Catalog;

/// <summary>How a model's folder changes on disk: under a lock that dies with its process, by renames.</summary>
/// <remarks>
/// Beside the models' folders lie <c>.NAME.lock</c>, <c>.NAME.import</c> (an import at work), <c>.NAME.old</c> (a model being replaced)
/// and <c>.NAME.removed</c>. Whoever holds the lock may clean up: a crash between the two renames of a replacement leaves
/// <c>.NAME.old</c> without <c>NAME</c>, and is undone; everything else with a dot is rubbish.
/// </remarks>
internal sealed class CatalogFolder(string root, string name) : IDisposable
{
    private FileStream? _lock;

    /// <summary>The model's folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(root, name);

    /// <summary>Where an import writes.</summary>
    public string WorkFolder => Hidden("import");

    /// <summary>Names of models that have something beside them to clean up.</summary>
    public static IEnumerable<string> Leftovers(string root) => Directory.EnumerateDirectories(root, ".*")
        .Select(System.IO.Path.GetFileName)
        .Where(folder => System.IO.Path.GetExtension(folder) is ".import" or ".old" or ".removed")
        .Select(folder => System.IO.Path.GetFileNameWithoutExtension(folder)![1..])
        .Where(ModelName.IsValid)
        .Distinct(StringComparer.Ordinal);

    /// <summary>Takes the lock and cleans up after whoever died with it.</summary>
    /// <returns>Whether nobody else holds it.</returns>
    public bool TryLock()
    {
        try
        {
            _lock = new FileStream(Hidden("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return false;
        }

        CleanUp();
        return true;
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="GranaryException">Another import or removal of the model is under way.</exception>
    public void Lock()
    {
        if (!TryLock())
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"Model '{name}' is being imported or removed by somebody else. Wait for that to end, or choose another name.", "name");
        }
    }

    /// <summary>Makes the work folder the model, replacing one that is there.</summary>
    public void Publish()
    {
        if (Directory.Exists(Path))
        {
            Directory.Move(Path, Hidden("old"));
        }

        Directory.Move(WorkFolder, Path);
        DurableFiles.FlushFolder(root);
        CleanUp();
    }

    /// <summary>Removes the model.</summary>
    public void Remove()
    {
        Directory.Move(Path, Hidden("removed"));
        DurableFiles.FlushFolder(root);
        CleanUp();
    }

    public void Dispose() => _lock?.Dispose();

    private void CleanUp()
    {
        var old = Hidden("old");
        if (Directory.Exists(old) && !Directory.Exists(Path))
        {
            Directory.Move(old, Path);
        }

        foreach (var rubbish in new[] { old, WorkFolder, Hidden("removed") })
        {
            if (Directory.Exists(rubbish))
            {
                Directory.Delete(rubbish, recursive: true);
            }
        }
    }

    private string Hidden(string purpose) => System.IO.Path.Combine(root, $".{name}.{purpose}");
}
