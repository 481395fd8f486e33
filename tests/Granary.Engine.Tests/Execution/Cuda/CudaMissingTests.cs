using System.Runtime.InteropServices;
using Granary.Engine.Execution.Cuda;
using Granary.Engine.Tests.Golden;
using Granary.Engine.Tests.Toy;
using Granary.Models;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Engine.Tests.Execution.Cuda;

/// <summary>What an operator reads on a machine that lacks something. deploy/gpu-check tests what a machine with a GPU does.</summary>
public sealed class CudaMissingTests(ImportedModels models)
{
    [Fact]
    public void Open_without_driver_says_what_to_install()
    {
        Assert.SkipWhen(NativeLibrary.TryLoad(CudaDriver.Library, out _), "This machine has NVIDIA's driver.");
        var refusal = Assert.Throws<CudaException>(CudaDevice.Open);
        Assert.Contains("NVIDIA's driver", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Granary:Engine:Device", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_without_provider_says_what_to_install()
    {
        // Tests run with ONNX Runtime's build for the CPU.
        var refusal = Assert.Throws<CudaException>(() => CudaSession.Open("any.onnx", stream: 0));
        Assert.Contains("OnnxRuntimeDevice=cuda", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("cuDNN", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda", "cpu")]
    [InlineData("cpu", "cuda")]
    public async Task LoadAsync_model_of_another_device_is_refused_with_both_ways_out(string imported, string engine)
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.GoldenSource("llama"));
        ModelManifest manifest = model.Manifest with { Device = imported };
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => EngineLoader.LoadAsync(
            manifest, model.Folder, new ToyTokenizer(), new EngineOptions { Device = engine }, TimeProvider.System, NullLogger.Instance));
        Assert.Contains($"--device {engine}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"Granary:Engine:Device to '{imported}'", refusal.Message, StringComparison.Ordinal);
    }
}
