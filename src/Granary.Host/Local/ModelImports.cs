using Granary.Engine.Execution;
using Granary.Host.Commands;
using Granary.Models;
using Granary.Models.Catalog;

namespace Granary.Host.Local;

/// <summary>Imports with progress for people.</summary>
internal static class ModelImports
{
    public static async Task<ModelManifest> ImportAsync(ModelCatalog catalog, ImportRequest request, Progress progress, CancellationToken cancellationToken)
    {
        var reporter = new Reporter(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Source))), progress);
        try
        {
            return await catalog.ImportAsync(request with { Runtime = OnnxRuntimeVersion.Current }, reporter, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or ModelFormatException)
        {
            progress.Clear();
            throw new CommandException(failure.Message.ReplaceLineEndings(" "), innerException: failure);
        }
    }

    /// <summary>One line about a model that was imported.</summary>
    public static string Summary(ModelManifest manifest)
    {
        var wide = manifest.KeptWide.IsEmpty ? "" : $" ({string.Join(", ", manifest.KeptWide)} wide)";
        return $"imported {manifest.Name}: {manifest.Architecture}, {manifest.ParameterCount / 1e6:F1} M parameters, {manifest.Weights}{wide}, {manifest.FileBytes.Values.Sum() / 1e6:F0} MB, context {manifest.MaxPositions}";
    }

    public static CommandException NotImported(string name, IReadOnlyList<ModelManifest> models) => new(
        models.Count == 0
            ? $"no model is imported; import one with deploy/granary model import FOLDER"
            : $"no model '{name}' is imported; there are: {string.Join(", ", models.Select(model => model.Name))}");

    private sealed class Reporter(string name, Progress progress) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => progress.Step(
            $"importing {name}: {value.BytesDone / 1e6:F0} of {value.BytesTotal / 1e6:F0} MB, {value.BytesPerSecond / 1e6:F0} MB/s");
    }
}
