using Granary.Models.Catalog;
using Granary.Models.Synthesis;

namespace Granary.Benchmarks.Gpu;

/// <summary>The models that are measured, imported into memory (/dev/shm where there is one) and deleted in the end.</summary>
internal sealed class GpuModels : IDisposable
{
    private const int Seed = 1;

    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"granary-gpu-{Environment.ProcessId}");
    private readonly ModelCatalog _catalog;

    public GpuModels() => _catalog = new ModelCatalog(Path.Combine(_folder, "models"));

    /// <summary>A file beside the models.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>A known shape with random weights.</summary>
    public Task<ImportedModel> SynthesiseAsync(string shape, WeightKind weights, CancellationToken cancellationToken) =>
        SynthesiseAsync(SyntheticModel.All.Single(model => model.Name == shape), weights, ModelDevices.Cuda, cancellationToken);

    /// <summary>Any shape with random weights, the same for every kind and device.</summary>
    public Task<ImportedModel> SynthesiseAsync(SyntheticModel shape, WeightKind weights, string device, CancellationToken cancellationToken)
    {
        var source = SourceOf(shape);
        return ImportAsync(source, $"{shape.Name}-{weights.Name()}-{device}", weights, device, cancellationToken);
    }

    /// <summary>The Hugging Face folder of a shape: its configuration, without weights.</summary>
    public string SourceOf(SyntheticModel shape)
    {
        var source = PathOf(shape.Name);
        SyntheticFolder.Write(shape, Seed, source, withWeights: false);
        return source;
    }

    public async Task<ImportedModel> ImportAsync(
        string source, string name, WeightKind weights, string device, CancellationToken cancellationToken, IReadOnlySet<ModelPart>? keepWide = null)
    {
        // Blocks on the CPU as they always are on a GPU, whose codes are compared with these.
        var request = new ImportRequest { Source = source, Name = name, Weights = weights, Device = device, Replace = true, KeepWide = keepWide, BlockLength = 32 };
        await _catalog.ImportAsync(request, progress: null, cancellationToken);
        return _catalog.Open(name);
    }

    /// <summary>Gives a model's memory back.</summary>
    public void Remove(ImportedModel model) => _catalog.Remove(model.Manifest.Name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
