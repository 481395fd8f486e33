namespace Granary.Models.Onnx.Cuda;

/// <summary>SiLU(gate) · up, between activations of 16 bits as one launch in fp32: ONNX Runtime's SiLU for 16 bits computes in them, and is a launch of its own.</summary>
/// <remarks>
/// GatedRMSNorm computes x · (mean(x²) + ε)^−½ · scale · SiLU(gate). With ε = scale² far above mean(x²) nothing is left of the norm:
/// for fp16, whose scale may be 2^15 at most, it takes mean(x²) / 2^31 off, which is less than fp16 resolves while values of x are below a thousand.
/// </remarks>
internal static class CudaSwiGlu
{
    private const int Fp16Exponent = 15; // of the scale
    private const int BFloat16Exponent = 60;

    /// <summary>Adds the node; <paramref name="gate"/> and <paramref name="up"/> are [.., <paramref name="width"/>].</summary>
    public static string Add(GraphBuilder graph, string name, string gate, string up, int width, OnnxType type)
    {
        var group = type == OnnxType.Float ? 0 : GroupWidth(width);
        if (group == 0)
        {
            var activated = graph.Node($"{name}.silu", "QuickGelu", GraphBuilder.Microsoft, [gate], ("alpha", 1f));
            return graph.Node(name, "Mul", "", [activated, up]);
        }

        var exponent = type == OnnxType.BFloat16 ? BFloat16Exponent : Fp16Exponent;
        var scale = graph.Weights($"swiglu.scale.{group}", new FilledTensor(type, group, MathF.ScaleB(1, exponent)));
        return graph.Node(name, "GatedRMSNorm", GraphBuilder.Microsoft, [up, scale, gate], ("epsilon", MathF.ScaleB(1, 2 * exponent)));
    }

    // A group is what one block of threads computes: many small ones fill the GPU at batch 1.
    private static int GroupWidth(int width)
    {
        foreach (var group in (int[])[128, 64, 32])
        {
            if (width % group == 0)
            {
                return group;
            }
        }

        return 0;
    }
}
