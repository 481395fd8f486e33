using Granary.Models.Catalog;

namespace Granary.Models.Onnx.Formats;

/// <summary>Which part of a model is stored in which format.</summary>
/// <param name="narrow">The format that was asked for.</param>
/// <param name="wide">The format of the parts that are kept wide.</param>
/// <param name="keptWide">Those parts.</param>
internal sealed class WeightPlan(ICutFormat narrow, ICutFormat wide, IReadOnlySet<ModelPart> keptWide)
{
    /// <summary>The format of a part.</summary>
    public ICutFormat this[ModelPart part] => keptWide.Contains(part) ? wide : narrow;

    /// <summary>
    /// Since this version QMoE multiplies blocks as they are, and has an accuracy level: measured, it is then faster than experts one by one, and was slower before (docs/DECISIONS.md, "Experts of a
    /// layer"). Which of the two a graph has follows from the version that it is written for, which the manifest records, and not from a measurement at import: the same import shall give the same graph.
    /// </summary>
    private static readonly Version FastFusedExperts = new(1, 31);

    /// <summary>The plan for the CPU, where the kernels are of fp32.</summary>
    /// <param name="kind">What was asked for.</param>
    /// <param name="keptWide">Parts kept wide.</param>
    /// <param name="runtime">Version of ONNX Runtime that will run the graph.</param>
    /// <param name="longestBlock">Most weights of int8, w8a8 or int4 that share a scale.</param>
    public static WeightPlan ForCpu(WeightKind kind, IReadOnlySet<ModelPart> keptWide, Version runtime, int longestBlock) => new(
        kind switch
        {
            WeightKind.Fp32 => new FloatFormat(OnnxType.Float),
            WeightKind.Fp16 => new FloatFormat(OnnxType.Float16),
            WeightKind.BFloat16 => new FloatFormat(OnnxType.BFloat16),
            WeightKind.Int8 => new BlockFormat(bits: 8, longestBlock, runtime >= FastFusedExperts),
            WeightKind.W8A8 => new RowFormat(new BlockFormat(bits: 8, longestBlock, runtime >= FastFusedExperts)),
            WeightKind.Int4 => new BlockFormat(bits: 4, longestBlock, runtime >= FastFusedExperts),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of weights."),
        },
        new FloatFormat(OnnxType.Float),
        keptWide);
}
