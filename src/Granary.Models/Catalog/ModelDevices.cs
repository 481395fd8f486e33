using Granary.Models.Architectures;
using Granary.Models.Onnx;
using Granary.Models.Onnx.Cuda;
using Granary.Models.Onnx.Formats;

namespace Granary.Models.Catalog;

/// <summary>The devices that graphs are written for.</summary>
public static class ModelDevices
{
    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>An NVIDIA GPU.</summary>
    public const string Cuda = "cuda";

    /// <summary>All names, as manifests and command lines have them.</summary>
    public static IEnumerable<string> Names => [Cpu, Cuda];

    /// <summary>Writes the graph for a device, its weights laid out but not yet written.</summary>
    /// <exception cref="ModelFormatException">The device does not run weights of this kind.</exception>
    internal static GraphBuilder BuildGraph(Decoder decoder, ImportRequest request, IReadOnlySet<ModelPart> keptWide) => request.Device switch
    {
        Cpu => DecoderGraph.Build(decoder, WeightPlan.ForCpu(request.Weights, keptWide, request.Runtime, request.BlockLength), ModelFiles.Data),
        Cuda when request.Weights is WeightKind.W8A8 =>
            throw new ModelFormatException(request.Source, $"cannot be imported as {request.Weights.Name()} for device '{Cuda}'. Choose fp32, fp16, bf16, int8 or int4."),
        Cuda => CudaDecoderGraph.Build(decoder, CudaWeightPlan.For(request.Weights, keptWide), ModelFiles.Data),
        _ => throw new ModelFormatException(request.Source, $"cannot be imported for device '{request.Device}'; {string.Join(" and ", Names)} are known."),
    };
}
