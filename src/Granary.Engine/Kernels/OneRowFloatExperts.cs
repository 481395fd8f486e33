using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>A router and its experts in floats with SwiGLU for few tokens: the best experts of each, weighted by the softmax of their logits. Otherwise they are some fifty nodes.</summary>
/// <remarks>Inputs: tokens [.., H], router [H, E], k [1], then gate [H, I], up [H, I] and down [I, H] of each expert.</remarks>
internal static unsafe class OneRowFloatExperts
{
    /// <summary>The operator's name.</summary>
    public const string Name = "Experts";

    private const int RouterInput = 1;
    private const int ChosenInput = 2;
    private const int FirstMatrix = 3;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        Name, [OrtOperator.Float, OrtOperator.Float, OrtOperator.Int64, OrtOperator.Float], optional: 0, lastRepeats: true, &NodeMemory.CreateEmpty, &Compute);

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var call = new OperatorCall(context);
        float* input = call.Input<float>(0, out TensorShape shape);
        float* router = call.Input<float>(RouterInput, out TensorShape routed);
        long* k = call.Input<long>(ChosenInput);
        call.Input<float>(FirstMatrix, out TensorShape gate);
        (int hidden, int experts) = ((int)shape.Last, (int)routed.Last);
        call.Require(gate.Rank == 2 && gate[0] == hidden && routed[0] == hidden && *k > 0 && *k <= experts, "tokens have another shape than the weights"u8);
        float* output = call.Output(shape);
        if (!call.IsGood)
        {
            return call.Status;
        }

        int chosen = (int)*k;
        Span<float> logits = stackalloc float[experts];
        Span<int> best = stackalloc int[chosen];
        Span<float> weights = stackalloc float[chosen];
        float** matrices = stackalloc float*[FloatExpertLayer.MatricesOfExpert * chosen];
        var layer = new FloatExpertLayer(chosen, hidden, (int)gate.Last) { Matrices = matrices };
        var node = (NodeMemory*)kernel;
        layer.Scratch = node->Rent(layer.ScratchBytes);
        for (long row = 0; row < shape.Rows; row++, input += hidden, output += hidden)
        {
            ExpertChoice.Route(input, router, hidden, logits);
            ExpertChoice.Choose(logits, best, weights);
            for (int matrix = 0; matrix < FloatExpertLayer.MatricesOfExpert * chosen; matrix++)
            {
                matrices[matrix] = call.Input<float>(FirstMatrix + (FloatExpertLayer.MatricesOfExpert * best[matrix / FloatExpertLayer.MatricesOfExpert]) + (matrix % FloatExpertLayer.MatricesOfExpert));
            }

            layer.Begin(input);
            call.ForEach(&GateUpPiece, layer.GateUpPieces, &layer);
            layer.Continue();
            call.ForEach(&DownPiece, layer.DownPieces, &layer);
            layer.End(weights, output);
        }

        node->Return(layer.Scratch);
        return call.Status;
    }

    [UnmanagedCallersOnly]
    private static void GateUpPiece(void* layer, nuint index) => ((FloatExpertLayer*)layer)->ComputeGateUp((int)index);

    [UnmanagedCallersOnly]
    private static void DownPiece(void* layer, nuint index) => ((FloatExpertLayer*)layer)->ComputeDown((int)index);
}
