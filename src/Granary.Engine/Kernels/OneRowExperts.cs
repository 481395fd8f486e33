using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>QMoE with 4 bits, accuracy level 4 and SwiGLU for few tokens: the best experts of each, weighted by the softmax of their logits.</summary>
/// <remarks>
/// Inputs and attributes are QMoE's: tokens [.., H], router logits [T, E], codes of gate and up [E, 2·I, H/2] with rows g0, u0, g1, u1, …, their scales, one that is never there, codes of down
/// [E, H, I/2], their scales; and instead of the logits there may be the router, [H, E], at the end.
/// </remarks>
internal static unsafe class OneRowExperts
{
    /// <summary>The place of the router's logits among the inputs.</summary>
    public const int LogitsInput = 1;

    private const int RouterInput = 7;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        "QMoE",
        [OrtOperator.Float, OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Float, OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Float, OrtOperator.Float],
        optional: 0b10010010,
        lastRepeats: false,
        &CreateKernel,
        &Compute);

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtOperator* self, void* api, nint info, void** kernel)
    {
        NodeMemory node = default;
        nint status = OrtNative.Attribute(info, "k"u8, out node.Numbers[0]);
        status = status != 0 ? status : OrtNative.Attribute(info, "block_size"u8, out node.Numbers[1]);
        status = status != 0 || Int4Rows.IsBlock(node.Numbers[1]) ? status : OrtNative.Error("blocks of 32, 64 or 128 are known"u8);
        return NodeMemory.Create(status, node, kernel);
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var node = (NodeMemory*)kernel;
        var call = new OperatorCall(context);
        float* input = call.Input<float>(0, out TensorShape shape);
        float* logits = call.Input<float>(LogitsInput);
        byte* gateUp = call.Input<byte>(2, out TensorShape weights);
        float* gateUpScales = call.Input<float>(3);
        byte* down = call.Input<byte>(5);
        float* downScales = call.Input<float>(6);
        float* router = call.Input<float>(RouterInput);
        call.Require(weights.Rank == 3 && shape.Last == 2 * weights.Last && node->Numbers[0] > 0 && node->Numbers[0] <= weights[0] && (logits != null || router != null), "tokens have another shape than the weights"u8);
        float* output = call.Output(shape);
        if (!call.IsGood)
        {
            return call.Status;
        }

        int hidden = (int)shape.Last;
        var layer = new ExpertLayer((int)node->Numbers[0], (int)node->Numbers[1], hidden, intermediate: (int)weights[1] / 2)
        {
            GateUp = gateUp, GateUpScales = gateUpScales, Down = down, DownScales = downScales,
        };
        layer.Scratch = node->Rent(layer.ScratchBytes);
        Span<float> routed = stackalloc float[(int)weights[0]];
        for (long row = 0; row < shape.Rows; row++)
        {
            if (router == null)
            {
                new ReadOnlySpan<float>(logits + (row * routed.Length), routed.Length).CopyTo(routed);
            }
            else
            {
                ExpertChoice.Route(input + (row * hidden), router, hidden, routed);
            }

            layer.Begin(input + (row * hidden), routed, output + (row * hidden));
            call.ForEach(&GateUpPiece, layer.GateUpPieces, &layer);
            layer.Continue();
            call.ForEach(&DownPiece, layer.DownPieces, &layer);
        }

        node->Return(layer.Scratch);
        return call.Status;
    }

    [UnmanagedCallersOnly]
    private static void GateUpPiece(void* layer, nuint index) => ((ExpertLayer*)layer)->ComputeGateUp((int)index);

    [UnmanagedCallersOnly]
    private static void DownPiece(void* layer, nuint index) => ((ExpertLayer*)layer)->ComputeDown((int)index);
}
