namespace Granary.Engine.Kernels;

/// <summary>How threads share a matrix [K, N] whose columns are the outputs: in parts of its rows, which lie together in memory and have sums of their own; very wide ones in tiles of columns, too.</summary>
internal readonly struct ColumnPieces
{
    private const int MaxTileColumns = 8192; // whose sums stay in the processor's caches
    private const int ColumnStep = 32;
    private const int MinPieceBytes = 1 << 16;

    /// <summary>Pieces of all that is computed together: ONNX Runtime gives each thread as many, one after the other.</summary>
    public const int All = 8;

    private readonly int _columns;
    private readonly int _tiles;
    private readonly int _tileColumns;
    private readonly int _quads;

    /// <param name="rows">K.</param>
    /// <param name="columns">N.</param>
    /// <param name="elementBytes">Bytes of a weight.</param>
    /// <param name="most">Most pieces of a matrix that is not very wide.</param>
    public ColumnPieces(int rows, int columns, int elementBytes, int most = All)
    {
        _columns = columns;
        _quads = new RowQuads(rows).Count;
        int tiles = Rounded(columns, MaxTileColumns);
        _tileColumns = Rounded(Rounded(columns, tiles), ColumnStep) * ColumnStep;
        _tiles = Rounded(columns, _tileColumns);
        Parts = (int)Math.Clamp(Math.Min((long)rows * columns * elementBytes / MinPieceBytes, most) / _tiles, 1, _quads);
    }

    /// <summary>Parts of the rows.</summary>
    public int Parts { get; }

    /// <summary>How many pieces.</summary>
    public int Count => _tiles * Parts;

    /// <summary>The part of a piece.</summary>
    public int Part(int piece) => piece % Parts;

    /// <summary>The quads of a piece.</summary>
    public (int First, int End) Quads(int piece) => ((int)((long)_quads * Part(piece) / Parts), (int)((long)_quads * (Part(piece) + 1) / Parts));

    /// <summary>The columns of a piece.</summary>
    public (int First, int End) Columns(int piece) => (piece / Parts * _tileColumns, Math.Min(((piece / Parts) + 1) * _tileColumns, _columns));

    /// <summary>Multiplies a piece of floats.</summary>
    /// <param name="weights">[K, N].</param>
    /// <param name="piece">Which one.</param>
    /// <param name="rows">K.</param>
    /// <param name="columns">N.</param>
    /// <param name="row">The activations, [K].</param>
    /// <param name="sums">[<see cref="Parts"/>, N].</param>
    public unsafe void Multiply(float* weights, int piece, int rows, int columns, float* row, float* sums)
    {
        (int first, int end) = Columns(piece);
        (int firstQuad, int endQuad) = Quads(piece);
        sums += ((long)Part(piece) * columns) + first;
        new Span<float>(sums, end - first).Clear();
        FloatColumns.Add(weights + first, columns, end - first, row, new RowQuads(rows), firstQuad, endQuad, sums);
    }

    private static int Rounded(int count, int by) => (count + by - 1) / by;
}
