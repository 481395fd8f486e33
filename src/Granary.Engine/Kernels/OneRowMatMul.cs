using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>MatMulNBits with 4 bits and accuracy level 4 for few rows of activations. It reads weights as they are stored, so that a mapped file needs no second copy.</summary>
/// <remarks>Inputs and attributes are MatMulNBits': A [.., K], codes [N, ⌈K/L⌉, L/2], scales [N, ⌈K/L⌉], two that are never there, bias [N].</remarks>
internal static unsafe class OneRowMatMul
{
    private const int MaxRank = 4;
    private const int BiasInput = 5;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>.</summary>
    public static nint Create() => OrtOperator.Create(
        "MatMulNBits"u8,
        [OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Float, OrtOperator.UInt8, OrtOperator.Int32, OrtOperator.Float],
        optional: 0b111000,
        &CreateKernel,
        &Compute);

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtOperator* self, void* api, nint info, void** kernel)
    {
        long block = 0, columns = 0;
        nint status = OrtNative.Attribute(info, "N"u8, out long rows);
        status = status != 0 ? status : OrtNative.Attribute(info, "K"u8, out columns);
        status = status != 0 ? status : OrtNative.Attribute(info, "block_size"u8, out block);
        status = status != 0 || Int4Rows.IsBlock(block) ? status : OrtNative.Error("blocks of 32, 64 or 128 are known"u8);
        if (status == 0)
        {
            *kernel = NativeMemory.Alloc((nuint)sizeof(Sizes));
            *(Sizes*)*kernel = new Sizes { Rows = rows, Columns = (int)columns, Block = (int)block };
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var sizes = (Sizes*)kernel;
        void* input, codes = null, scales = null, bias = null, output = null;
        int rank = 0;
        Span<long> shape = stackalloc long[MaxRank];
        nint status = OrtNative.Input(context, 0, out nint activations, out input);
        status = status != 0 ? status : OrtNative.Input(context, 1, out _, out codes);
        status = status != 0 ? status : OrtNative.Input(context, 2, out _, out scales);
        status = status != 0 ? status : OrtNative.Input(context, BiasInput, out _, out bias);
        status = status != 0 ? status : OrtNative.Shape(activations, shape, out rank);
        if (status == 0 && (rank is < 1 or > MaxRank || shape[rank - 1] != sizes->Columns))
        {
            status = OrtNative.Error("activations have another shape than the weights"u8);
        }

        if (status != 0)
        {
            return status;
        }

        shape[rank - 1] = sizes->Rows;
        status = OrtNative.Output(context, 0, shape[..rank], out output);
        int blocks = (sizes->Columns + sizes->Block - 1) / sizes->Block;
        sbyte* rowCodes = stackalloc sbyte[blocks * sizes->Block];
        float* rowScales = stackalloc float[blocks];
        int* corrections = stackalloc int[blocks];
        var product = new Int4Product
        {
            Codes = (byte*)codes, Scales = (float*)scales, Bias = (float*)bias, Rows = sizes->Rows, Blocks = blocks, Block = sizes->Block,
            RowCodes = rowCodes, RowScales = rowScales, Corrections = corrections,
        };
        long rows = OrtNative.Count(shape[..(rank - 1)]);
        for (long row = 0; row < rows && status == 0; row++)
        {
            RowCodes.Write((float*)input + (row * sizes->Columns), sizes->Columns, sizes->Block, rowCodes, rowScales, corrections);
            product.Output = (float*)output + (row * sizes->Rows);
            status = OrtNative.ParallelFor(context, &Piece, product.Pieces, &product);
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static void Piece(void* data, nuint index)
    {
        var product = (Int4Product*)data;
        (long first, long end) = product->Piece((int)index);
        Int4Rows.Multiply(*product, first, end);
    }

    private struct Sizes
    {
        public long Rows;
        public int Columns;
        public int Block;
    }
}
