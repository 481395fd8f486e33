using Granary.Models.Catalog;
using Granary.Models.Onnx.Formats;

namespace Granary.Models.Onnx.Cuda;

/// <summary>Which part of a model is stored in which format on a GPU. Activations have 16 bits, and 32 where the weights do.</summary>
internal sealed class CudaWeightPlan
{
    private readonly IWeightFormat _narrow;
    private readonly IWeightFormat _wide;
    private readonly IReadOnlySet<ModelPart> _keptWide;

    private CudaWeightPlan(OnnxType activations, IWeightFormat narrow, IReadOnlySet<ModelPart> keptWide)
    {
        Activations = activations;
        _narrow = narrow;
        _wide = new CudaFloatFormat(activations);
        _keptWide = keptWide;
    }

    /// <summary>The router's format: it is small, and a flipped choice of experts is a large error.</summary>
    public static IWeightFormat Router { get; } = new FloatFormat(OnnxType.Float);

    /// <summary>fp32, fp16 or bf16, which is also the type of the KV cache.</summary>
    public OnnxType Activations { get; }

    /// <summary>The format of a part.</summary>
    public IWeightFormat this[ModelPart part] => _keptWide.Contains(part) ? _wide : _narrow;

    /// <summary>The plan for a kind of weights; what is kept wide has the activations' bits.</summary>
    /// <exception cref="NotSupportedException">There are no kernels for it.</exception>
    public static CudaWeightPlan For(WeightKind kind, IReadOnlySet<ModelPart> keptWide) => kind switch
    {
        WeightKind.Fp32 => new(OnnxType.Float, new CudaFloatFormat(OnnxType.Float), keptWide),
        WeightKind.Fp16 => new(OnnxType.Float16, new CudaFloatFormat(OnnxType.Float16), keptWide),
        WeightKind.BFloat16 => new(OnnxType.BFloat16, new CudaFloatFormat(OnnxType.BFloat16), keptWide),
        WeightKind.Int8 => new(OnnxType.Float16, new CudaBlockFormat(bits: 8), keptWide),
        WeightKind.Int4 => new(OnnxType.Float16, new CudaBlockFormat(bits: 4), keptWide),
        _ => throw new NotSupportedException($"Weights of {kind.Name()} do not run on device 'cuda'; choose fp32, fp16, bf16, int8 or int4."),
    };
}
