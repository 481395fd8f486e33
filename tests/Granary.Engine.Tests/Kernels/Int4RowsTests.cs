using System.Runtime.InteropServices;
using Granary.Engine.Kernels;

namespace Granary.Engine.Tests.Kernels;

/// <summary>Products against the same sums written plainly, for sizes that are no multiples of anything.</summary>
public sealed unsafe class Int4RowsTests
{
    private const int Seed = 5;

    [Theory]
    [InlineData(32, 1, 32, false)]
    [InlineData(32, 7, 40, true)]
    [InlineData(32, 33, 96, false)]
    [InlineData(64, 5, 64, true)]
    [InlineData(64, 19, 448, false)]
    [InlineData(64, 3, 100, true)]
    [InlineData(128, 1, 128, true)]
    [InlineData(128, 37, 896, false)]
    [InlineData(128, 6, 300, true)]
    public void Multiply_random_matrix_gives_products_of_rounded_numbers(int block, int rows, int columns, bool hasBias)
    {
        Assert.SkipUnless(Int4Rows.IsSupported, "This processor has no AVX2.");
        var random = new Random(Seed);
        int blocks = (columns + block - 1) / block;
        byte[] codes = new byte[rows * blocks * block / 2];
        random.NextBytes(codes);
        float[] scales = Floats(random, rows * blocks);
        float[] bias = Floats(random, rows);
        float[] row = Floats(random, columns);
        float[] actual = Multiply(block, rows, columns, codes, scales, hasBias ? bias : [], row);
        for (int output = 0; output < rows; output++)
        {
            (double expected, double size) = Expected(block, blocks, output, codes, scales, row);
            Assert.Equal(expected + (hasBias ? bias[output] : 0), actual[output], 1e-5 * (size + 1));
        }
    }

    [Fact]
    public void Write_row_of_zeros_has_no_scale()
    {
        float[] row = new float[64];
        sbyte[] codes = new sbyte[64];
        float[] scales = [1];
        int[] corrections = [1];
        fixed (float* values = row, scale = scales)
        fixed (sbyte* code = codes)
        fixed (int* correction = corrections)
        {
            RowCodes.Write(values, row.Length, 64, code, scale, correction);
        }

        Assert.Equal((0f, 0), (scales[0], corrections[0]));
        Assert.All(codes, code => Assert.Equal(0, code));
    }

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    private static float[] Multiply(int block, int rows, int columns, byte[] codes, float[] scales, float[] bias, float[] row)
    {
        int blocks = (columns + block - 1) / block;
        float[] output = new float[rows];
        sbyte[] rowCodes = new sbyte[blocks * block];
        float[] rowScales = new float[blocks];
        int[] corrections = new int[blocks];
        fixed (byte* codesStart = codes)
        fixed (float* scalesStart = scales, biasStart = bias, rowStart = row, rowScalesStart = rowScales, outputStart = output)
        fixed (sbyte* rowCodesStart = rowCodes)
        fixed (int* correctionsStart = corrections)
        {
            RowCodes.Write(rowStart, columns, block, rowCodesStart, rowScalesStart, correctionsStart);
            var product = new Int4Product
            {
                Codes = codesStart, Scales = scalesStart, Bias = biasStart, Rows = rows, Blocks = blocks, Block = block,
                RowCodes = rowCodesStart, RowScales = rowScalesStart, Corrections = correctionsStart, Output = outputStart,
            };
            Int4Rows.Multiply(product, 0, rows / 2);
            Int4Rows.Multiply(product, rows / 2, rows);
        }

        return output;
    }

    /// <summary>The product, and the sum of the sizes of its terms.</summary>
    private static (double Product, double Size) Expected(int block, int blocks, int output, byte[] codes, float[] scales, float[] row)
    {
        (double sum, double size) = (0, 0);
        for (int index = 0; index < blocks; index++)
        {
            float[] values = [.. row.Skip(index * block).Take(block)];
            float largest = values.Max(Math.Abs);
            (float scale, float inverse) = (largest / 127, 127 / largest);
            for (int place = 0; place < values.Length; place++)
            {
                byte pair = codes[(((output * blocks) + index) * block / 2) + (place / 2)];
                int weight = (place % 2 == 0 ? pair & 15 : pair >> 4) - 8;
                double term = (double)weight * MathF.Round(values[place] * inverse) * scale * scales[(output * blocks) + index];
                sum += term;
                size += Math.Abs(term);
            }
        }

        return (sum, size);
    }
}
