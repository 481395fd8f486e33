using Granary.Errors;

namespace Granary.Models.Catalog;

/// <summary>The imported models of a folder. Several processes may use one folder; an import or removal appears to others at once and whole.</summary>
public sealed class ModelCatalog
{
    private readonly TimeProvider _time;

    /// <summary>Opens or creates a catalogue, and cleans up after imports that were killed.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="timeProvider">For rates of progress.</param>
    public ModelCatalog(string folder, TimeProvider? timeProvider = null)
    {
        Folder = Path.GetFullPath(folder);
        _time = timeProvider ?? TimeProvider.System;
        Directory.CreateDirectory(Folder);
        foreach (var name in CatalogFolder.Leftovers(Folder).ToList())
        {
            // Locking cleans up; whose lock is held is alive.
            using var leftover = new CatalogFolder(Folder, name);
            _ = leftover.TryLock();
        }
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Imports a model. It is there when the task ends, whole, or not at all.</summary>
    /// <exception cref="ModelFormatException">The source is damaged or not supported.</exception>
    /// <exception cref="GranaryException">The name is not allowed or taken, another import of it is under way, or the tokenizer is damaged or not supported.</exception>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public Task<ModelManifest> ImportAsync(ImportRequest request, IProgress<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Source));
        var name = ModelName.Check(request.Name ?? Path.GetFileName(source));
        return Task.Run(() => Import(request with { Source = source }, name, new ImportMeter(progress, _time), cancellationToken), cancellationToken);
    }

    /// <summary>The models, by name; folders that hold no readable manifest are left out.</summary>
    public IReadOnlyList<ModelManifest> List()
    {
        var manifests = new List<ModelManifest>();
        foreach (var folder in Directory.EnumerateDirectories(Folder).Where(folder => ModelName.IsValid(Path.GetFileName(folder))))
        {
            try
            {
                manifests.Add(ManifestFile.Read(folder));
            }
            catch (ModelFormatException)
            {
                // Open says what is wrong with it.
            }
        }

        return [.. manifests.OrderBy(manifest => manifest.Name, StringComparer.Ordinal)];
    }

    /// <summary>Opens a model and checks that its files are all there at their full length.</summary>
    /// <exception cref="GranaryException">There is no such model.</exception>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public ImportedModel Open(string name) => new(Existing(name), ManifestFile.Read(Existing(name)));

    /// <summary>Removes a model. Who has it open keeps it until they close it.</summary>
    /// <exception cref="GranaryException">There is no such model, or it is being imported.</exception>
    public void Remove(string name)
    {
        using var folder = new CatalogFolder(Folder, ModelName.Check(name));
        folder.Lock();
        _ = Existing(name);
        folder.Remove();
    }

    private ModelManifest Import(ImportRequest request, string name, ImportMeter meter, CancellationToken cancellationToken)
    {
        meter.Enter(ImportStage.Checking);
        using var folder = new CatalogFolder(Folder, name);
        folder.Lock();
        if (Directory.Exists(folder.Path) && !request.Replace)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"There is a model '{name}' already. Remove it, ask for it to be replaced, or choose another name.", "name");
        }

        using var import = new ModelImport(request, name);
        CheckSpace(import.RequiredBytes);
        try
        {
            Directory.CreateDirectory(folder.WorkFolder);
            var manifest = import.Write(folder.WorkFolder, meter, cancellationToken);
            folder.Publish();
            return manifest;
        }
        catch
        {
            if (Directory.Exists(folder.WorkFolder))
            {
                Directory.Delete(folder.WorkFolder, recursive: true);
            }

            throw;
        }
    }

    private void CheckSpace(long required)
    {
        var available = new DriveInfo(Folder).AvailableFreeSpace;
        if (available < required)
        {
            throw new IOException($"{Folder}: the model needs {required >> 20:N0} MiB, {available >> 20:N0} MiB are free. Make room or choose another folder.");
        }
    }

    private string Existing(string name)
    {
        var folder = Path.Combine(Folder, ModelName.Check(name));
        return Directory.Exists(folder)
            ? folder
            : throw new GranaryException(ErrorCode.ModelNotFound, $"There is no model '{name}' in {Folder}. Import it first.", "name");
    }
}
