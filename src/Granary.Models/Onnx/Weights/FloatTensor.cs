using System.Buffers;
using System.Runtime.InteropServices;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>Weights as floats of 32 or 16 bits, as they are in the checkpoint or transposed.</summary>
internal sealed class FloatTensor : WeightTensor
{
    private const int TransposedColumns = 8;

    private readonly RowSet _rows;
    private readonly bool _transposed;

    private FloatTensor(OnnxType type, long[] shape, RowSet rows, bool transposed)
    {
        Type = type;
        Shape = shape;
        _rows = rows;
        _transposed = transposed;
    }

    public override OnnxType Type { get; }

    public override IReadOnlyList<long> Shape { get; }

    /// <summary>A matrix or vector as it is in the checkpoint.</summary>
    public static FloatTensor Plain(OnnxType type, MatrixRef source) => new(type, source.Shape, RowSet.Stacked([source]), transposed: false);

    /// <summary>Vectors one after the other.</summary>
    public static FloatTensor Concatenated(OnnxType type, IEnumerable<MatrixRef> vectors)
    {
        var rows = RowSet.Concatenated(vectors);
        return new(type, [rows.Rows], rows, transposed: false);
    }

    /// <summary>Matrices [out, in] as one matrix [in, sum of outs], the right-hand side of a MatMul.</summary>
    public static FloatTensor Transposed(OnnxType type, IEnumerable<MatrixRef> matrices)
    {
        var rows = RowSet.Stacked(matrices);
        return new(type, [rows.Columns, rows.Rows], rows, transposed: true);
    }

    /// <summary>Matrices [rows, columns] of one shape as [count, rows, columns].</summary>
    public static FloatTensor Stacked(OnnxType type, IReadOnlyList<MatrixRef> matrices) =>
        new(type, [matrices.Count, matrices[0].Rows, matrices[0].Columns], RowSet.Stacked(matrices), transposed: false);

    /// <summary>Pairs of matrices [rows, columns] as [count, 2·rows, columns] with the rows a0, b0, a1, b1, ….</summary>
    public static FloatTensor Interleaved(OnnxType type, IReadOnlyList<(MatrixRef Even, MatrixRef Odd)> pairs) =>
        new(type, [pairs.Count, 2L * pairs[0].Even.Rows, pairs[0].Even.Columns], RowSet.Interleaved(pairs), transposed: false);

    /// <exception cref="ModelFormatException">A weight is too large for the type.</exception>
    public override void Fill(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        if (Type == OnnxType.Float)
        {
            _rows.Read(source, (values, firstRow, stride) => Place<float>(values, firstRow, stride, destination, written), cancellationToken);
            return;
        }

        _rows.Read(
            source,
            (values, firstRow, stride) =>
            {
                var halves = ArrayPool<ushort>.Shared.Rent(values.Length);
                if (!NarrowFloats.TryConvert(Type, values, halves))
                {
                    throw new ModelFormatException(source.Files.FirstOrDefault() ?? "the checkpoint", $"has weights that {Type} cannot hold. Import the model as bf16 or fp32.", _rows.FirstTensor);
                }

                Place<ushort>(halves.AsSpan(0, values.Length), firstRow, stride, destination, written);
                ArrayPool<ushort>.Shared.Return(halves);
            },
            cancellationToken);
    }

    private void Place<T>(ReadOnlySpan<T> block, long firstRow, int stride, NativeBytes destination, Action<long> written)
        where T : unmanaged
    {
        var columns = _rows.Columns;
        if (_transposed)
        {
            PlaceTransposed(block, firstRow, destination);
        }
        else if (stride == 1)
        {
            block.CopyTo(destination.Slice<T>(firstRow * columns, block.Length));
        }
        else
        {
            for (var row = 0; row < block.Length / columns; row++)
            {
                block.Slice(row * columns, columns).CopyTo(destination.Slice<T>((firstRow + ((long)row * stride)) * columns, columns));
            }
        }

        written(MemoryMarshal.AsBytes(block).Length);
    }

    // A few columns at a time: each then is a sequential stream of writes, and the reads share cache lines.
    private void PlaceTransposed<T>(ReadOnlySpan<T> block, long firstRow, NativeBytes destination)
        where T : unmanaged
    {
        var columns = _rows.Columns;
        var count = block.Length / columns;
        for (var first = 0; first < columns; first += TransposedColumns)
        {
            for (var column = first; column < Math.Min(first + TransposedColumns, columns); column++)
            {
                var target = destination.Slice<T>((column * _rows.Rows) + firstRow, count);
                for (int row = 0, source = column; row < target.Length; row++, source += columns)
                {
                    target[row] = block[source];
                }
            }
        }
    }
}
