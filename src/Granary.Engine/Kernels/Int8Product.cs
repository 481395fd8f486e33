namespace Granary.Engine.Kernels;

/// <summary>A row of activations times a matrix of int8 with a scale for each column, and where the products go. Everything lies in memory that others own.</summary>
internal unsafe struct Int8Product
{
    private readonly int _rows;
    private readonly int _columns;
    private readonly RowQuads _quads;
    private readonly ColumnPieces _pieces;
    private float _rowScale;

    /// <param name="rows">K.</param>
    /// <param name="columns">N.</param>
    public Int8Product(int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        _quads = new RowQuads(rows);
        _pieces = new ColumnPieces(rows, columns, sizeof(sbyte));
    }

    /// <summary>s8 [K, N].</summary>
    public sbyte* Codes { get; init; }

    /// <summary>[N].</summary>
    public float* Scales { get; init; }

    /// <summary>Memory for what lies between input and output, <see cref="ScratchBytes"/> long.</summary>
    public byte* Scratch { get; set; }

    /// <summary>Length of <see cref="Scratch"/>.</summary>
    public readonly long ScratchBytes => sizeof(int) * (_quads.Count + ((long)_pieces.Parts * _columns));

    /// <summary>Pieces of <see cref="Compute"/>.</summary>
    public readonly int Pieces => _pieces.Count;

    private readonly int* RowCodes => (int*)Scratch;

    private readonly int* Sums => RowCodes + _quads.Count;

    /// <summary>Rounds the activations.</summary>
    /// <param name="row">[K].</param>
    public void Begin(float* row) => _rowScale = QuadCodes.Write(row, _rows, RowCodes);

    /// <summary>Multiplies a piece; on any thread.</summary>
    public readonly void Compute(int piece)
    {
        (int first, int end) = _pieces.Columns(piece);
        (int firstQuad, int endQuad) = _pieces.Quads(piece);
        int* sums = Sums + ((long)_pieces.Part(piece) * _columns) + first;
        new Span<int>(sums, end - first).Clear();
        Int8Columns.Add(Codes + first, _columns, end - first, RowCodes, _quads, firstQuad, endQuad, sums);
    }

    /// <summary>Puts the pieces together.</summary>
    /// <param name="output">[N].</param>
    public readonly void End(float* output) => Int8Columns.Scale(Sums, _pieces.Parts, _columns, Scales, _rowScale, output);
}
