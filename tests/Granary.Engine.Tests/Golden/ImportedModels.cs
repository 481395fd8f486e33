using System.Runtime.CompilerServices;
using Granary.Engine.Tests.Golden;
using Granary.Engine.Tests.Toy;
using Granary.Models;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(ImportedModels))]

namespace Granary.Engine.Tests.Golden;

/// <summary>The models of tests/golden and deploy/models, imported once a test run into a temporary catalogue.</summary>
public sealed class ImportedModels : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-engine-");
    private readonly ModelCatalog _catalog;
    private readonly Dictionary<(string Source, WeightKind Weights), Task<ImportedModel>> _models = [];
    private readonly Lock _lock = new();

    public ImportedModels() => _catalog = new ModelCatalog(_folder.FullName);

    public static string DemoSource => Path.Combine(RepositoryRoot(), "deploy", "models", "granary-chat");

    public static string GoldenSource(string name) => Path.Combine(RepositoryRoot(), "tests", "golden", name);

    /// <summary>Imports a model on the first call.</summary>
    public Task<ImportedModel> OpenAsync(string source, WeightKind weights = WeightKind.Fp32)
    {
        lock (_lock)
        {
            if (!_models.TryGetValue((source, weights), out Task<ImportedModel>? model))
            {
                _models[(source, weights)] = model = ImportAsync(source, weights);
            }

            return model;
        }
    }

    /// <summary>An engine over a golden model. It has no tokenizer of its own.</summary>
    public async Task<IEngine> StartGoldenAsync(string name, EngineOptions options)
    {
        ImportedModel model = await OpenAsync(GoldenSource(name));
        return await EngineLoader.LoadAsync(
            model.Manifest, model.Folder, new ToyTokenizer(model.Manifest.VocabularySize), options, TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>An engine over the demo model.</summary>
    public async Task<IEngine> StartDemoAsync(EngineOptions options)
    {
        ImportedModel model = await OpenAsync(DemoSource);
        return await EngineLoader.LoadAsync(model.Manifest, model.Folder, model.Tokenizer, options, TimeProvider.System, NullLogger.Instance);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ImportedModel> ImportAsync(string source, WeightKind weights)
    {
        await Task.Yield();
        string name = $"{Path.GetFileName(source)}-{weights.Name()}";
        var request = new ImportRequest { Source = source, Name = name, Weights = weights, Runtime = Granary.Engine.Execution.OnnxRuntimeVersion.Current };
        ModelManifest manifest = await _catalog.ImportAsync(request, progress: null, CancellationToken.None);
        return _catalog.Open(manifest.Name);
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
