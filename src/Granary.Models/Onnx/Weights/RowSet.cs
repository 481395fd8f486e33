using System.Buffers;
using Granary.Models.Architectures;
using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>Rows of the checkpoint put together into one matrix: one after the other, or interleaved.</summary>
internal sealed class RowSet
{
    private const int BlockElements = 1 << 18;

    private readonly List<Piece> _pieces;

    private RowSet(List<Piece> pieces)
    {
        _pieces = pieces;
        Columns = pieces[0].Source.Columns;
        Rows = pieces.Sum(piece => (long)piece.Source.Rows);
    }

    /// <summary>Some rows of the matrix: the first is <paramref name="firstRow"/>, the next <paramref name="stride"/> further down.</summary>
    /// <param name="values">Whole rows; may be overwritten.</param>
    /// <param name="firstRow">Where the first belongs.</param>
    /// <param name="stride">Distance of two of them in the matrix.</param>
    public delegate void Reader(Span<float> values, long firstRow, int stride);

    public long Rows { get; }

    public int Columns { get; }

    /// <summary>The tensor that the first rows come from, for messages.</summary>
    public string FirstTensor => _pieces[0].Source.Tensor;

    /// <summary>Matrices [rows, columns] of one width below each other.</summary>
    public static RowSet Stacked(IEnumerable<MatrixRef> matrices)
    {
        var pieces = new List<Piece>();
        var first = 0L;
        foreach (var matrix in matrices)
        {
            pieces.Add(new Piece(matrix, first, 1));
            first += matrix.Rows;
        }

        return new RowSet(pieces);
    }

    /// <summary>Vectors one after the other, as one column: they may differ in length.</summary>
    public static RowSet Concatenated(IEnumerable<MatrixRef> vectors) =>
        Stacked(vectors.Select(vector => vector with { Rows = vector.Columns, Columns = 1 }));

    /// <summary>Pairs of matrices [rows, columns] below each other, each with the rows a0, b0, a1, b1, ….</summary>
    public static RowSet Interleaved(IReadOnlyList<(MatrixRef Even, MatrixRef Odd)> pairs)
    {
        var rows = pairs[0].Even.Rows;
        return new RowSet([.. pairs.SelectMany((pair, item) => new[]
        {
            new Piece(pair.Even, 2L * rows * item, 2),
            new Piece(pair.Odd, (2L * rows * item) + 1, 2),
        })]);
    }

    /// <summary>Reads all rows in blocks of about a megabyte, on all processors: the reader is called concurrently, for different rows.</summary>
    public void Read(ITensorSource source, Reader reader, CancellationToken cancellationToken)
    {
        var step = Math.Max(1, BlockElements / Columns);
        var blocks = from piece in _pieces
                     from block in Enumerable.Range(0, (piece.Source.Rows + step - 1) / step)
                     select (Piece: piece, Row: block * step);
        Parallel.ForEach(blocks, new ParallelOptions { CancellationToken = cancellationToken }, block =>
        {
            var (piece, row) = block;
            var count = Math.Min(step, piece.Source.Rows - row) * Columns;
            var buffer = ArrayPool<float>.Shared.Rent(count);
            source.Read(piece.Source.Tensor, (piece.Source.FirstRow + row) * Columns, buffer.AsSpan(0, count));
            reader(buffer.AsSpan(0, count), piece.FirstRow + ((long)row * piece.Stride), piece.Stride);
            ArrayPool<float>.Shared.Return(buffer);
        });
    }

    private readonly record struct Piece(MatrixRef Source, long FirstRow, int Stride);
}
