using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>MatMulIntegerToFloat for few rows of activations, with the nodes that round the activations by row before it and scale the products after it.</summary>
/// <remarks>Inputs: A [.., K], codes s8 [K, N], scales [N].</remarks>
internal static unsafe class OneRowIntegers
{
    /// <summary>The operator's name.</summary>
    public const string Name = "MatMulRounded";

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        Name, [OrtOperator.Float, OrtOperator.Int8, OrtOperator.Float], optional: 0, lastRepeats: false, &NodeMemory.CreateEmpty, &Compute);

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var call = new OperatorCall(context);
        float* input = call.Input<float>(0, out TensorShape shape);
        sbyte* codes = call.Input<sbyte>(1, out TensorShape weights);
        float* scales = call.Input<float>(2);
        call.Require(weights.Rank == 2 && shape.Last == weights[0], "activations have another shape than the weights"u8);
        long rows = shape.Rows;
        int columns = (int)weights.Last;
        shape.Last = columns;
        float* output = call.Output(shape);
        if (!call.IsGood)
        {
            return call.Status;
        }

        var node = (NodeMemory*)kernel;
        var product = new Int8Product((int)weights[0], columns) { Codes = codes, Scales = scales };
        product.Scratch = node->Rent(product.ScratchBytes);
        for (long row = 0; row < rows; row++)
        {
            product.Begin(input + (row * weights[0]));
            call.ForEach(&Piece, product.Pieces, &product);
            product.End(output + (row * columns));
        }

        node->Return(product.Scratch);
        return call.Status;
    }

    [UnmanagedCallersOnly]
    private static void Piece(void* product, nuint index) => ((Int8Product*)product)->Compute((int)index);
}
