using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>A matrix [N, K] in blocks of L along K: codes [N, ⌈K/L⌉, L·bits/8] and scales [N, ⌈K/L⌉], which lie side by side in the graph.</summary>
internal sealed class QuantizedMatrix
{
    private readonly RowSet _rows;
    private readonly int _bits;
    private readonly int _blockLength;
    private readonly int _blocks;
    private float[]? _scales;

    /// <param name="rows">The matrix.</param>
    /// <param name="bits">4 or 8.</param>
    /// <param name="blockLength">L, weights that share a scale.</param>
    /// <param name="scales">Type of the scales: that of the activations.</param>
    public QuantizedMatrix(RowSet rows, int bits, int blockLength, OnnxType scales = OnnxType.Float)
    {
        _rows = rows;
        _bits = bits;
        _blockLength = blockLength;
        _blocks = (rows.Columns + blockLength - 1) / blockLength;
        Codes = new ComputedTensor(OnnxType.UInt8, [rows.Rows, _blocks, BlockBytes], FillCodes);
        Scales = new ComputedTensor(scales, [rows.Rows, _blocks], FillScales);
    }

    /// <summary>u8 [N, ⌈K/L⌉, L·bits/8]. To be written before the scales: both are found in one pass over the checkpoint.</summary>
    public WeightTensor Codes { get; }

    /// <summary>Floats [N, ⌈K/L⌉].</summary>
    public WeightTensor Scales { get; }

    private int BlockBytes => _blockLength * _bits / 8;

    private void FillCodes(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var scales = _scales = new float[_rows.Rows * _blocks];
        _rows.Read(
            source,
            (values, firstRow, stride) =>
            {
                for (var row = 0; row < values.Length / _rows.Columns; row++)
                {
                    var first = (firstRow + ((long)row * stride)) * _blocks;
                    Quantize(values.Slice(row * _rows.Columns, _rows.Columns), destination.Slice<byte>(first * BlockBytes, _blocks * BlockBytes), scales.AsSpan((int)first, _blocks));
                }

                written((long)values.Length / _rows.Columns * _blocks * BlockBytes);
            },
            cancellationToken);
    }

    private void Quantize(ReadOnlySpan<float> row, Span<byte> codes, Span<float> scales)
    {
        for (var block = 0; block < _blocks; block++)
        {
            var first = block * _blockLength;
            var values = row.Slice(first, Math.Min(_blockLength, row.Length - first));
            scales[block] = BlockQuantizer.Quantize(values, _bits, codes.Slice(block * BlockBytes, BlockBytes));
        }
    }

    private void FillScales(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var scales = _scales ?? throw new InvalidOperationException("The codes are written before the scales.");
        if (Scales.Type == OnnxType.Float)
        {
            scales.CopyTo(destination.Slice<float>(0, scales.Length));
        }
        else if (!NarrowFloats.TryConvert(Scales.Type, scales, destination.Slice<ushort>(0, scales.Length)))
        {
            throw new ModelFormatException(source.Files.FirstOrDefault() ?? "the checkpoint", $"has weights whose scale {Scales.Type} cannot hold.", _rows.FirstTensor);
        }

        written(Scales.ByteLength);
        _scales = null;
    }
}
