namespace Granary.Models.Onnx.Weights;

/// <summary>Symmetric quantisation of blocks: w ≈ scale · (code − 2^(bits−1)), one scale a block.</summary>
/// <remarks>
/// The weight that is largest in size maps to the lowest code exactly, so that the scale may be negative: the range of codes is
/// one longer on that side (as llama.cpp's Q4_0 does).
/// </remarks>
internal static class BlockQuantizer
{
    /// <summary>Weights that share a scale where nothing else is asked for.</summary>
    public const int BlockLength = 32;

    /// <summary>Quantises one block.</summary>
    /// <param name="values">At most as many weights as the block has codes.</param>
    /// <param name="bits">4 or 8.</param>
    /// <param name="packed">The block's codes: of 8 bits one a byte, of 4 bits two, the first in the low half. Missing weights become zeros.</param>
    /// <returns>The scale.</returns>
    public static float Quantize(ReadOnlySpan<float> values, int bits, Span<byte> packed)
    {
        var zero = 1 << (bits - 1);
        var extreme = 0f;
        foreach (var value in values)
        {
            extreme = Math.Abs(value) > Math.Abs(extreme) ? value : extreme;
        }

        var scale = extreme / -zero;
        var inverse = scale == 0 ? 0 : 1 / scale;
        Span<byte> codes = stackalloc byte[packed.Length * 8 / bits];
        codes.Fill((byte)zero);
        for (var i = 0; i < values.Length; i++)
        {
            // Codes are not negative, so that truncating half above rounds.
            codes[i] = (byte)Math.Min((2 * zero) - 1, (int)((values[i] * inverse) + zero + 0.5f));
        }

        if (bits == 8)
        {
            codes.CopyTo(packed);
            return scale;
        }

        for (var i = 0; i < packed.Length; i++)
        {
            packed[i] = (byte)(codes[2 * i] | (codes[(2 * i) + 1] << 4));
        }

        return scale;
    }
}
