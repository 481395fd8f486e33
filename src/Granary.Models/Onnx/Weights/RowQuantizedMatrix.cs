using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>A matrix [N, K] in 8 bits with a scale for each of its N rows: codes [K, N], the right-hand side of a product, and scales [N].</summary>
internal sealed class RowQuantizedMatrix
{
    private const int SignBit = 0x80; // codes of blocks lie around 128, these around 0

    private readonly RowSet _rows;
    private float[]? _scales;

    /// <param name="rows">The matrix.</param>
    public RowQuantizedMatrix(RowSet rows)
    {
        _rows = rows;
        Codes = new ComputedTensor(OnnxType.Int8, [rows.Columns, rows.Rows], FillCodes);
        Scales = new ComputedTensor(OnnxType.Float, [rows.Rows], FillScales);
    }

    /// <summary>s8 [K, N]. To be written before the scales: both are found in one pass over the checkpoint.</summary>
    public WeightTensor Codes { get; }

    /// <summary>Floats [N].</summary>
    public WeightTensor Scales { get; }

    private void FillCodes(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var scales = _scales = new float[_rows.Rows];
        _rows.Read(
            source,
            (values, firstRow, stride) =>
            {
                var columns = _rows.Columns;
                var codes = new byte[values.Length];
                for (var row = 0; row < values.Length / columns; row++)
                {
                    scales[firstRow + ((long)row * stride)] = BlockQuantizer.Quantize(values.Slice(row * columns, columns), 8, codes.AsSpan(row * columns, columns));
                }

                Place(codes, firstRow, stride, destination);
                written(codes.Length);
            },
            cancellationToken);
    }

    // A column at a time: it is a sequential stream of writes.
    private void Place(byte[] codes, long firstRow, int stride, NativeBytes destination)
    {
        var columns = _rows.Columns;
        var count = codes.Length / columns;
        for (var column = 0; column < columns; column++)
        {
            var target = destination.Slice<byte>((column * _rows.Rows) + firstRow, ((count - 1) * stride) + 1);
            for (var row = 0; row < count; row++)
            {
                target[row * stride] = (byte)(codes[(row * columns) + column] ^ SignBit);
            }
        }
    }

    private void FillScales(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var scales = _scales ?? throw new InvalidOperationException("The codes are written before the scales.");
        scales.CopyTo(destination.Slice<float>(0, scales.Length));
        written(Scales.ByteLength);
        _scales = null;
    }
}
