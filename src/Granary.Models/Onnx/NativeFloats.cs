namespace Granary.Models.Onnx;

/// <summary>Floats of a mapped file; longer than a span can be.</summary>
internal readonly unsafe struct NativeFloats(float* start, long length)
{
    public long Length { get; } = length;

    private readonly float* _start = start;

    /// <summary>A part as a span.</summary>
    public Span<float> Slice(long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Length, nameof(count));
        return new Span<float>(_start + first, count);
    }
}
