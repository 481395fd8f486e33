namespace Granary.Models.Checkpoints;

/// <summary>Where a tensor lies.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="ByteLength">Its length.</param>
internal sealed record TensorInfo(string Name, TensorType Type, long[] Shape, long Offset, long ByteLength)
{
    public int ElementBytes => SizeOf(Type);

    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        _ => 1,
    };
}
