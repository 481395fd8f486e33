using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>MatMul and Gemm for few rows of activations, with weights as they are stored.</summary>
/// <remarks>Inputs: A [.., K], and weights [K, N] of a MatMul or [N, K] of a Gemm.</remarks>
internal static unsafe class OneRowFloats
{
    /// <summary>The operator for a MatMul, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint CreateMatMul() => OrtOperator.Create("MatMul", [OrtOperator.Float, OrtOperator.Float], optional: 0, lastRepeats: false, &NodeMemory.CreateEmpty, &Compute);

    /// <summary>The operator for a Gemm with transB, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint CreateGemm() => OrtOperator.Create("Gemm", [OrtOperator.Float, OrtOperator.Float], optional: 0, lastRepeats: false, &CreateByRow, &Compute);

    [UnmanagedCallersOnly]
    private static nint CreateByRow(OrtOperator* self, void* api, nint info, void** kernel)
    {
        NodeMemory node = default;
        node.Numbers[0] = 1;
        return NodeMemory.Create(0, node, kernel);
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var node = (NodeMemory*)kernel;
        bool byRow = node->Numbers[0] != 0;
        var call = new OperatorCall(context);
        float* input = call.Input<float>(0, out TensorShape shape);
        float* weights = call.Input<float>(1, out TensorShape matrix);
        call.Require(matrix.Rank == 2 && shape.Last == matrix[byRow ? 1 : 0], "activations have another shape than the weights"u8);
        (int inputs, int outputs, long rows) = ((int)shape.Last, (int)matrix[byRow ? 0 : 1], shape.Rows);
        shape.Last = outputs;
        float* output = call.Output(shape);
        if (!call.IsGood)
        {
            return call.Status;
        }

        var product = new FloatProduct(inputs, outputs, byRow) { Weights = weights };
        product.Scratch = node->Rent(product.ScratchBytes);
        for (long row = 0; row < rows; row++)
        {
            product.Begin(input + (row * inputs), output + (row * outputs));
            call.ForEach(&Piece, product.Pieces, &product);
            product.End();
        }

        node->Return(product.Scratch);
        return call.Status;
    }

    [UnmanagedCallersOnly]
    private static void Piece(void* product, nuint index) => ((FloatProduct*)product)->Compute((int)index);
}
