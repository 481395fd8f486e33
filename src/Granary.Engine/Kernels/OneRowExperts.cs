using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>QMoE with 4 bits, accuracy level 4 and SwiGLU for few tokens: the best experts of each, weighted by the softmax of their logits.</summary>
/// <remarks>
/// Inputs and attributes are QMoE's: tokens [.., H], router logits [T, E], codes of gate and up [E, 2·I, H/2] with rows g0, u0, g1, u1, …, their scales, one that is never there, codes of down
/// [E, H, I/2], their scales.
/// </remarks>
internal static unsafe class OneRowExperts
{
    private const int MaxRank = 4;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        "QMoE"u8,
        [OrtOperator.Float, OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Float, OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Float],
        optional: 0b10000,
        &CreateKernel,
        &Compute);

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtOperator* self, void* api, nint info, void** kernel)
    {
        long block = 0;
        nint status = OrtNative.Attribute(info, "k"u8, out long chosen);
        status = status != 0 ? status : OrtNative.Attribute(info, "block_size"u8, out block);
        status = status != 0 || Int4Rows.IsBlock(block) ? status : OrtNative.Error("blocks of 32, 64 or 128 are known"u8);
        if (status == 0)
        {
            *kernel = NativeMemory.Alloc((nuint)sizeof(Sizes));
            *(Sizes*)*kernel = new Sizes { Chosen = (int)chosen, Block = (int)block };
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var sizes = (Sizes*)kernel;
        void* input, logits = null, gateUp = null, gateUpScales = null, down = null, downScales = null, output = null;
        int rank = 0;
        Span<long> shape = stackalloc long[MaxRank], logitShape = stackalloc long[2], weightShape = stackalloc long[3];
        nint router = 0, weights = 0;
        nint status = OrtNative.Input(context, 0, out nint tokens, out input);
        status = status != 0 ? status : OrtNative.Input(context, 1, out router, out logits);
        status = status != 0 ? status : OrtNative.Input(context, 2, out weights, out gateUp);
        status = status != 0 ? status : OrtNative.Input(context, 3, out _, out gateUpScales);
        status = status != 0 ? status : OrtNative.Input(context, 5, out _, out down);
        status = status != 0 ? status : OrtNative.Input(context, 6, out _, out downScales);
        status = status != 0 ? status : OrtNative.Shape(tokens, shape, out rank);
        status = status != 0 ? status : OrtNative.Shape(router, logitShape, out _);
        status = status != 0 ? status : OrtNative.Shape(weights, weightShape, out _);
        status = status != 0 || rank is >= 1 and <= MaxRank ? status : OrtNative.Error("tokens have another shape than the weights"u8);
        status = status != 0 ? status : OrtNative.Output(context, 0, shape[..rank], out output);
        if (status != 0)
        {
            return status;
        }

        int experts = (int)logitShape[1];
        var layer = new ExpertLayer(sizes->Chosen, sizes->Block, hidden: (int)shape[rank - 1], intermediate: (int)weightShape[1] / 2)
        {
            GateUp = (byte*)gateUp, GateUpScales = (float*)gateUpScales, Down = (byte*)down, DownScales = (float*)downScales,
        };
        layer.Scratch = (byte*)NativeMemory.AlignedAlloc((nuint)layer.ScratchBytes, 64);
        for (long row = 0; row < logitShape[0] && status == 0; row++)
        {
            layer.Begin((float*)input + (row * layer.Hidden), new ReadOnlySpan<float>((float*)logits + (row * experts), experts), (float*)output + (row * layer.Hidden));
            status = OrtNative.ParallelFor(context, &GateUpPiece, layer.GateUpPieces, &layer);
            if (status == 0)
            {
                layer.Continue();
                status = OrtNative.ParallelFor(context, &DownPiece, layer.DownPieces, &layer);
            }
        }

        NativeMemory.AlignedFree(layer.Scratch);
        return status;
    }

    [UnmanagedCallersOnly]
    private static void GateUpPiece(void* layer, nuint index) => ((ExpertLayer*)layer)->ComputeGateUp((int)index);

    [UnmanagedCallersOnly]
    private static void DownPiece(void* layer, nuint index) => ((ExpertLayer*)layer)->ComputeDown((int)index);

    private struct Sizes
    {
        public int Chosen;
        public int Block;
    }
}
