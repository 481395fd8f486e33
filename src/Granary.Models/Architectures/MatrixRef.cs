namespace Granary.Models.Architectures;

/// <summary>Consecutive rows of a tensor of the checkpoint, seen as a matrix of its last dimension.</summary>
/// <param name="Tensor">The tensor's name.</param>
/// <param name="Shape">The shape it must have.</param>
/// <param name="FirstRow">First row, all dimensions but the last flattened.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">The last dimension.</param>
internal sealed record MatrixRef(string Tensor, long[] Shape, long FirstRow, int Rows, int Columns)
{
    /// <summary>All of a tensor [rows, columns].</summary>
    public static MatrixRef Whole(string tensor, int rows, int columns) => new(tensor, [rows, columns], 0, rows, columns);

    /// <summary>All of a tensor [length], as one row.</summary>
    public static MatrixRef Vector(string tensor, int length) => new(tensor, [length], 0, 1, length);

    /// <summary>Rows of one item of a tensor [count, rows of all, columns], such as a stack of experts.</summary>
    public static MatrixRef Slice(string tensor, long[] shape, int item, int firstRow, int rows) =>
        new(tensor, shape, (item * shape[1]) + firstRow, rows, (int)shape[2]);
}
