namespace Granary.Models.Onnx.Weights;

/// <summary>Rounds fp32 to the nearest float of 16 bits, ties to even.</summary>
internal static class NarrowFloats
{
    /// <summary>Converts <paramref name="values"/> to the bits of <paramref name="type"/>.</summary>
    /// <returns>Whether all of them are finite there.</returns>
    public static bool TryConvert(OnnxType type, ReadOnlySpan<float> values, Span<ushort> bits) => type switch
    {
        OnnxType.Float16 => TryHalf(values, bits),
        OnnxType.BFloat16 => TryBFloat16(values, bits),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a float of 16 bits."),
    };

    private static bool TryHalf(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        const int exponent = 0x7C00;
        var finite = true;
        for (var i = 0; i < values.Length; i++)
        {
            bits[i] = BitConverter.HalfToUInt16Bits((Half)values[i]);
            finite &= (bits[i] & exponent) != exponent;
        }

        return finite;
    }

    private static bool TryBFloat16(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        const int exponent = 0x7F80;
        var finite = true;
        for (var i = 0; i < values.Length; i++)
        {
            var wide = BitConverter.SingleToUInt32Bits(values[i]);
            bits[i] = (ushort)((wide + 0x7FFF + ((wide >> 16) & 1)) >> 16);
            finite &= (bits[i] & exponent) != exponent;
        }

        return finite;
    }
}
