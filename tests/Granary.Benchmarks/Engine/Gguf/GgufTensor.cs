namespace Granary.Benchmarks.Engine.Gguf;

/// <summary>A tensor of a GGUF file.</summary>
/// <param name="Name">llama.cpp's name of it.</param>
/// <param name="Shape">Dimensions, outermost first; the file has them in reverse.</param>
/// <param name="Type">How its elements are stored; quantised rows are whole blocks of 32.</param>
/// <param name="Read">Reads consecutive rows (all dimensions but the last, flattened) as floats, from the row given.</param>
internal sealed record GgufTensor(string Name, long[] Shape, GgufType Type, Action<long, Span<float>> Read)
{
    public long Columns => Shape[^1];

    public long Rows => Shape[..^1].Aggregate(1L, (product, dimension) => product * dimension);

    public long RowBytes => Type switch
    {
        GgufType.F32 => Columns * 4,
        GgufType.Q4_0 => Columns / 32 * 18, // an f16 scale and 32 nibbles
        GgufType.Q8_0 => Columns / 32 * 34, // an f16 scale and 32 bytes
        _ => throw new InvalidOperationException($"No such type: {Type}."),
    };

    public long Bytes => Rows * RowBytes;
}
