using System.Buffers;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx;

/// <summary>Rows of the checkpoint put together into one initialiser: one after the other, interleaved, or transposed.</summary>
internal sealed class MatrixTensor : WeightTensor
{
    private const int BlockElements = 1 << 18;
    private const int TransposedColumns = 8;

    private readonly Piece[] _pieces;
    private readonly int _rows;
    private readonly int _columns;
    private readonly bool _transposed;

    private MatrixTensor(long[] shape, IEnumerable<Piece> pieces, bool transposed)
    {
        Shape = shape;
        _pieces = [.. pieces];
        _columns = _pieces[0].Source.Columns;
        _rows = _pieces.Sum(piece => piece.Source.Rows);
        _transposed = transposed;
    }

    public override IReadOnlyList<long> Shape { get; }

    /// <summary>A matrix or vector as it is in the checkpoint.</summary>
    public static MatrixTensor Plain(MatrixRef source) => new(source.Shape, [new Piece(source, 0, 1)], transposed: false);

    /// <summary>Vectors one after the other.</summary>
    public static MatrixTensor Concatenated(IEnumerable<MatrixRef> vectors)
    {
        // One element a row, so that vectors of different lengths are rows of one column.
        var columns = vectors.Select(vector => vector with { Rows = vector.Columns, Columns = 1 }).ToList();
        return new MatrixTensor([columns.Sum(column => column.Rows)], Stack(columns), transposed: false);
    }

    /// <summary>Matrices [out, in] as one matrix [in, sum of outs], the right-hand side of a MatMul.</summary>
    public static MatrixTensor Transposed(IReadOnlyList<MatrixRef> matrices) =>
        new([matrices[0].Columns, matrices.Sum(matrix => (long)matrix.Rows)], Stack(matrices), transposed: true);

    /// <summary>Matrices [rows, columns] of one shape as [count, rows, columns].</summary>
    public static MatrixTensor Stacked(IReadOnlyList<MatrixRef> matrices) =>
        new([matrices.Count, matrices[0].Rows, matrices[0].Columns], Stack(matrices), transposed: false);

    /// <summary>Pairs of matrices [rows, columns] as [count, 2·rows, columns] with the rows a0, b0, a1, b1, ….</summary>
    public static MatrixTensor Interleaved(IReadOnlyList<(MatrixRef Even, MatrixRef Odd)> pairs)
    {
        var (rows, columns) = (pairs[0].Even.Rows, pairs[0].Even.Columns);
        var pieces = pairs.SelectMany((pair, item) => new[]
        {
            new Piece(pair.Even, 2L * rows * item, 2),
            new Piece(pair.Odd, (2L * rows * item) + 1, 2),
        });
        return new MatrixTensor([pairs.Count, 2L * rows, columns], pieces, transposed: false);
    }

    public override void Fill(Checkpoint checkpoint, NativeFloats destination, Action<int> written, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<float>.Shared.Rent(Math.Max(BlockElements, _columns));
        try
        {
            foreach (var piece in _pieces)
            {
                var step = Math.Max(1, BlockElements / _columns);
                for (var row = 0; row < piece.Source.Rows; row += step)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var count = Math.Min(step, piece.Source.Rows - row);
                    var block = buffer.AsSpan(0, count * _columns);
                    checkpoint.Read(piece.Source.Tensor, (piece.Source.FirstRow + row) * _columns, block);
                    Place(block, count, piece.FirstRow + ((long)row * piece.Stride), piece.Stride, destination);
                    written(block.Length);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static List<Piece> Stack(IReadOnlyList<MatrixRef> matrices)
    {
        var pieces = new List<Piece>(matrices.Count);
        var first = 0L;
        foreach (var matrix in matrices)
        {
            pieces.Add(new Piece(matrix, first, 1));
            first += matrix.Rows;
        }

        return pieces;
    }

    private void Place(ReadOnlySpan<float> block, int count, long firstRow, int stride, NativeFloats destination)
    {
        if (_transposed)
        {
            PlaceTransposed(block, count, firstRow, destination);
        }
        else if (stride == 1)
        {
            block.CopyTo(destination.Slice(firstRow * _columns, block.Length));
        }
        else
        {
            for (var row = 0; row < count; row++)
            {
                block.Slice(row * _columns, _columns).CopyTo(destination.Slice((firstRow + ((long)row * stride)) * _columns, _columns));
            }
        }
    }

    // A few columns at a time: each then is a sequential stream of writes, and the reads share cache lines.
    private void PlaceTransposed(ReadOnlySpan<float> block, int count, long firstRow, NativeFloats destination)
    {
        for (var first = 0; first < _columns; first += TransposedColumns)
        {
            for (var column = first; column < Math.Min(first + TransposedColumns, _columns); column++)
            {
                var target = destination.Slice(((long)column * _rows) + firstRow, count);
                for (int row = 0, source = column; row < target.Length; row++, source += _columns)
                {
                    target[row] = block[source];
                }
            }
        }
    }

    private readonly record struct Piece(MatrixRef Source, long FirstRow, int Stride);
}
