using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>An input or output of a graph whose shape is that of a step: B rows of S new tokens.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Buffer">Its memory, enough for any step.</param>
/// <param name="Width">Numbers a token; 0 where a token is one number.</param>
/// <param name="IsFlat">Whether it is [B·S, width] instead of [B, S, width], or [B·S] instead of [B, S].</param>
/// <param name="IsOutput">Whether the graph writes it.</param>
internal readonly record struct StepTensor(string Name, NativeBuffer Buffer, int Width, bool IsFlat = false, bool IsOutput = false)
{
    /// <summary>Token ids are whole numbers, everything else is floats.</summary>
    public TensorElementType Type => Width == 0 ? TensorElementType.Int64 : TensorElementType.Float;

    public int ElementBytes => Width == 0 ? sizeof(long) : sizeof(float);

    /// <summary>The shape for a step.</summary>
    public long[] Shape(int rows, int tokensPerRow) =>
        Width == 0 ? (IsFlat ? [rows * (long)tokensPerRow] : [rows, tokensPerRow]) : IsFlat ? [rows * (long)tokensPerRow, Width] : [rows, tokensPerRow, Width];
}
