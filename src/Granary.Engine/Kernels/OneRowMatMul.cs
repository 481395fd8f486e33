using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>MatMulNBits with 4 bits and accuracy level 4 for few rows of activations. It reads weights as they are stored, so that a mapped file needs no second copy.</summary>
/// <remarks>Inputs and attributes are MatMulNBits': A [.., K], codes [N, ⌈K/L⌉, L/2], scales [N, ⌈K/L⌉], two that are never there, bias [N].</remarks>
internal static unsafe class OneRowMatMul
{
    private const int Float = 1;
    private const int UInt8 = 2;
    private const int Int32 = 6;
    private const int Required = 0;
    private const int Optional = 1;
    private const int MaxRank = 4;
    private const int BiasInput = 5;

    // What a thread takes at once: enough to be worth taking, little enough that the others do not wait for the last.
    private const int PieceBytes = 1 << 17;

    /// <summary>The operator, for <see cref="OrtNative.CreateDomain"/>; it lives as long as the process.</summary>
    public static nint Create()
    {
        var created = (OrtOperator*)NativeMemory.AllocZeroed((nuint)sizeof(OrtOperator));
        created->Version = OrtNative.Version;
        created->GetName = &Name;
        created->GetExecutionProviderType = &Provider;
        created->GetInputType = &InputType;
        created->GetInputTypeCount = &Inputs;
        created->GetOutputType = &OutputType;
        created->GetOutputTypeCount = &Outputs;
        created->GetInputCharacteristic = &InputCharacteristic;
        created->GetOutputCharacteristic = &OutputCharacteristic;
        created->GetInputMemoryType = &MemoryType;
        created->CreateKernelV2 = &CreateKernel;
        created->KernelComputeV2 = &Compute;
        created->KernelDestroy = &Destroy;
        created->GetStartVersion = &StartVersion;
        created->GetEndVersion = &EndVersion;
        return (nint)created;
    }

    [UnmanagedCallersOnly]
    private static byte* Name(OrtOperator* self) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("MatMulNBits"u8));

    [UnmanagedCallersOnly]
    private static byte* Provider(OrtOperator* self) => null; // the processor

    [UnmanagedCallersOnly]
    private static nuint Inputs(OrtOperator* self) => BiasInput + 1;

    [UnmanagedCallersOnly]
    private static nuint Outputs(OrtOperator* self) => 1;

    [UnmanagedCallersOnly]
    private static int InputType(OrtOperator* self, nuint index) => index switch { 1 or 3 => UInt8, 4 => Int32, _ => Float };

    [UnmanagedCallersOnly]
    private static int OutputType(OrtOperator* self, nuint index) => Float;

    [UnmanagedCallersOnly]
    private static int InputCharacteristic(OrtOperator* self, nuint index) => index < 3 ? Required : Optional;

    [UnmanagedCallersOnly]
    private static int OutputCharacteristic(OrtOperator* self, nuint index) => Required;

    [UnmanagedCallersOnly]
    private static int MemoryType(OrtOperator* self, nuint index) => 0; // the default

    [UnmanagedCallersOnly]
    private static int StartVersion(OrtOperator* self) => 1;

    [UnmanagedCallersOnly]
    private static int EndVersion(OrtOperator* self) => int.MaxValue;

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtOperator* self, void* api, nint info, void** kernel)
    {
        long block = 0, columns = 0;
        nint status = OrtNative.Attribute(info, "N"u8, out long rows);
        status = status != 0 ? status : OrtNative.Attribute(info, "K"u8, out columns);
        status = status != 0 ? status : OrtNative.Attribute(info, "block_size"u8, out block);
        if (status != 0)
        {
            return status;
        }

        if (block is not (32 or 64 or 128))
        {
            return OrtNative.Error("blocks of 32, 64 or 128 are known"u8);
        }

        var sizes = (Sizes*)NativeMemory.Alloc((nuint)sizeof(Sizes));
        *sizes = new Sizes { Rows = rows, Columns = (int)columns, Block = (int)block };
        *kernel = sizes;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel) => NativeMemory.Free(kernel);

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var sizes = (Sizes*)kernel;
        void* input, codes = null, scales = null, bias = null, output = null;
        int rank = 0;
        long* shape = stackalloc long[MaxRank];
        nint status = OrtNative.Input(context, 0, out nint activations, out input);
        status = status != 0 ? status : OrtNative.Input(context, 1, out _, out codes);
        status = status != 0 ? status : OrtNative.Input(context, 2, out _, out scales);
        status = status != 0 ? status : OrtNative.Input(context, BiasInput, out _, out bias);
        status = status != 0 ? status : OrtNative.Shape(activations, new Span<long>(shape, MaxRank), out rank);
        if (status == 0 && (rank is < 1 or > MaxRank || shape[rank - 1] != sizes->Columns))
        {
            status = OrtNative.Error("activations have another shape than the weights"u8);
        }

        if (status != 0)
        {
            return status;
        }

        shape[rank - 1] = sizes->Rows;
        status = OrtNative.Output(context, 0, new ReadOnlySpan<long>(shape, rank), out output);
        long count = 1;
        for (int dimension = 0; dimension < rank - 1; dimension++)
        {
            count *= shape[dimension];
        }

        int blocks = (sizes->Columns + sizes->Block - 1) / sizes->Block;
        sbyte* rowCodes = stackalloc sbyte[blocks * sizes->Block];
        float* rowScales = stackalloc float[blocks];
        int* corrections = stackalloc int[blocks];
        var product = new Int4Product
        {
            Codes = (byte*)codes, Scales = (float*)scales, Bias = (float*)bias, Rows = sizes->Rows, Blocks = blocks, Block = sizes->Block,
            RowCodes = rowCodes, RowScales = rowScales, Corrections = corrections,
        };
        for (long row = 0; row < count && status == 0; row++)
        {
            RowCodes.Write((float*)input + (row * sizes->Columns), sizes->Columns, sizes->Block, rowCodes, rowScales, corrections);
            product.Output = (float*)output + (row * sizes->Rows);
            long pieceRows = PieceRows(product);
            status = OrtNative.ParallelFor(context, &Piece, (int)((sizes->Rows + pieceRows - 1) / pieceRows), &product);
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static void Piece(void* data, nuint index)
    {
        var product = (Int4Product*)data;
        long pieceRows = PieceRows(*product);
        long first = (long)index * pieceRows;
        Int4Rows.Multiply(*product, first, Math.Min(first + pieceRows, product->Rows));
    }

    private static long PieceRows(in Int4Product product) => Math.Max(1, PieceBytes / (product.Blocks * product.Block / 2));

    private struct Sizes
    {
        public long Rows;
        public int Columns;
        public int Block;
    }
}
