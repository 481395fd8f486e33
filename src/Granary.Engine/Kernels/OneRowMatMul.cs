using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>MatMulNBits with 4 bits and accuracy level 4 for few rows of activations. It reads weights as they are stored, so that a mapped file needs no second copy.</summary>
/// <remarks>Inputs and attributes are MatMulNBits': A [.., K], codes [N, ⌈K/L⌉, L/2], scales [N, ⌈K/L⌉], two that are never there, bias [N].</remarks>
internal static unsafe class OneRowMatMul
{
    private const int BiasInput = 5;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        "MatMulNBits",
        [OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Int32, OrtOperator.Float],
        optional: 0b111000,
        lastRepeats: false,
        &CreateKernel,
        &Compute);

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtOperator* self, void* api, nint info, void** kernel)
    {
        NodeMemory node = default;
        nint status = OrtNative.Attribute(info, "N"u8, out node.Numbers[0]);
        status = status != 0 ? status : OrtNative.Attribute(info, "K"u8, out node.Numbers[1]);
        status = status != 0 ? status : OrtNative.Attribute(info, "block_size"u8, out node.Numbers[2]);
        status = status != 0 || Int4Rows.IsBlock(node.Numbers[2]) ? status : OrtNative.Error("blocks of 32, 64 or 128 are known"u8);
        return NodeMemory.Create(status, node, kernel);
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var node = (NodeMemory*)kernel;
        (long outputs, int columns, int block) = (node->Numbers[0], (int)node->Numbers[1], (int)node->Numbers[2]);
        var call = new OperatorCall(context);
        float* input = call.Input<float>(0, out TensorShape shape);
        byte* codes = call.Input<byte>(1);
        float* scales = call.Input<float>(2);
        float* bias = call.Input<float>(BiasInput);
        call.Require(shape.Last == columns, "activations have another shape than the weights"u8);
        long rows = shape.Rows;
        shape.Last = outputs;
        float* output = call.Output(shape);
        if (!call.IsGood)
        {
            return call.Status;
        }

        int blocks = (columns + block - 1) / block;
        sbyte* rowCodes = stackalloc sbyte[blocks * block];
        float* rowScales = stackalloc float[blocks];
        int* corrections = stackalloc int[blocks];
        var product = new Int4Product
        {
            Codes = codes, Scales = scales, Bias = bias, Rows = outputs, Blocks = blocks, Block = block, RowCodes = rowCodes, RowScales = rowScales, Corrections = corrections,
        };
        for (long row = 0; row < rows; row++)
        {
            RowCodes.Write(input + (row * columns), columns, block, rowCodes, rowScales, corrections);
            product.Output = output + (row * outputs);
            call.ForEach(&Piece, product.Pieces, &product);
        }

        return call.Status;
    }

    [UnmanagedCallersOnly]
    private static void Piece(void* data, nuint index)
    {
        var product = (Int4Product*)data;
        (long first, long end) = product->Piece((int)index);
        Int4Rows.Multiply(*product, first, end);
    }
}
