namespace Granary.Models.Onnx.Weights;

/// <summary>A tensor in a mapped file; longer than a span can be.</summary>
internal readonly unsafe struct NativeBytes(byte* start, long length)
{
    private readonly byte* _start = start;

    public long Length { get; } = length;

    /// <summary>Elements of a part as a span.</summary>
    /// <param name="first">First element.</param>
    /// <param name="count">Number of elements.</param>
    public Span<T> Slice<T>(long first, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((first + count) * sizeof(T), Length, nameof(count));
        return new Span<T>(_start + (first * sizeof(T)), count);
    }
}
