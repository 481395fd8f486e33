using Granary.Models.Catalog;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Models.Tests.Graphs;

/// <summary>Graphs for a GPU, as far as a machine without one can judge them; deploy/gpu-check compares their numbers.</summary>
public sealed class CudaGraphTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-cuda-");
    private readonly ModelCatalog _catalog;

    public CudaGraphTests() => _catalog = new ModelCatalog(_folder.FullName);

    public static TheoryData<string, WeightKind> Graphs =>
        new(from model in (string[])["llama", "llama_rope3", "mistral", "mistral_sw", "qwen2", "qwen3", "mixtral", "qwen3_moe"]
            from weights in new[] { WeightKind.Fp32, WeightKind.Fp16, WeightKind.BFloat16, WeightKind.Int8, WeightKind.Int4 }
            select (model, weights));

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Import_forCuda_writes_a_valid_graph(string name, WeightKind weights)
    {
        var model = await ImportAsync(name, weights);
        Assert.Equal(ModelDevices.Cuda, model.Manifest.Device);

        // ONNX Runtime checks names, types and shapes of a graph before it looks for kernels, some of which the CPU lacks.
        var refusal = Record.Exception(() => new InferenceSession(Path.Combine(model.Folder, model.Manifest.GraphFile)).Dispose());
        Assert.True(refusal is null || refusal.Message.Contains("ErrorCode:NotImplemented", StringComparison.Ordinal), refusal?.Message);
    }

    [Fact]
    public async Task Import_what_cuda_does_not_run_is_refused()
    {
        var w8a8 = await Assert.ThrowsAsync<ModelFormatException>(() => ImportAsync("llama", WeightKind.W8A8));
        Assert.Contains("fp32, fp16", w8a8.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<ModelFormatException>(() => ImportAsync("llama", WeightKind.Fp16, "rocm"));
        Assert.Contains("cpu and cuda", other.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ImportedModel> ImportAsync(string name, WeightKind weights, string device = ModelDevices.Cuda)
    {
        var request = new ImportRequest { Source = GoldenModels.Source(name), Weights = weights, Device = device };
        var manifest = await _catalog.ImportAsync(request, progress: null, TestContext.Current.CancellationToken);
        return _catalog.Open(manifest.Name);
    }
}
