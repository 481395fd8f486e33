using Granary.Engine.Stages;
using Granary.Shards;

namespace Granary.Engine.Tests.Stages;

public sealed class HiddenCodecTests
{
    private const int Width = 37; // not a whole number of vectors

    [Theory]
    [InlineData(HiddenFormat.Fp32, 0)]
    [InlineData(HiddenFormat.Fp16, 1 / 2048.0)]
    [InlineData(HiddenFormat.Int8, 1 / 254.0)]
    public void Read_what_was_written_differs_by_rounding_alone(HiddenFormat format, double relative)
    {
        var random = new Random(3);
        float[] rows = [.. Enumerable.Range(0, 5 * Width).Select(i => (float)((random.NextDouble() - 0.5) * Math.Pow(10, i / Width)))];
        byte[] bytes = HiddenCodec.Write(format, rows, Width);
        Assert.Equal(HiddenCodec.Bytes(format, 5, Width), bytes.Length);
        var back = new float[rows.Length];
        HiddenCodec.Read(format, bytes, back, Width);
        for (int row = 0; row < 5; row++)
        {
            float largest = rows.AsSpan(row * Width, Width).ToArray().Max(Math.Abs);
            for (int i = row * Width; i < (row + 1) * Width; i++)
            {
                Assert.InRange(back[i], rows[i] - (largest * relative * 1.01), rows[i] + (largest * relative * 1.01));
            }
        }
    }

    [Fact]
    public void Write_too_large_for_fp16_stays_finite()
    {
        var back = new float[2];
        HiddenCodec.Read(HiddenFormat.Fp16, HiddenCodec.Write(HiddenFormat.Fp16, [1e9f, -1e9f], 2), back, 2);
        Assert.Equal([65504f, -65504f], back);
    }

    [Fact]
    public void Read_wrong_length_is_refused() =>
        Assert.Throws<InvalidDataException>(() => HiddenCodec.Read(HiddenFormat.Fp16, new byte[6], new float[2], 2));

    [Fact]
    public void Write_row_of_zeros_stays_zero()
    {
        var back = new float[Width];
        back.AsSpan().Fill(1);
        HiddenCodec.Read(HiddenFormat.Int8, HiddenCodec.Write(HiddenFormat.Int8, new float[Width], Width), back, Width);
        Assert.All(back, value => Assert.Equal(0, value));
    }
}
