namespace Granary.Engine.Kernels;

/// <summary>A row of activations times a matrix of 4-bit weights, and where the products go. Everything lies in memory that others own.</summary>
internal unsafe struct Int4Product
{
    // What a thread takes at once: enough to be worth taking, little enough that the others do not wait for the last.
    private const int MinPieceBytes = 1 << 14;
    private const int MaxPieceBytes = 1 << 17;
    private const int SharedPieces = 8;

    /// <summary>u8 [N, <see cref="Blocks"/>, <see cref="Block"/> / 2].</summary>
    public byte* Codes;

    /// <summary>[N, <see cref="Blocks"/>].</summary>
    public float* Scales;

    /// <summary>[N], or <see langword="null"/>.</summary>
    public float* Bias;

    /// <summary>N.</summary>
    public long Rows;

    /// <summary>Blocks of a row.</summary>
    public int Blocks;

    /// <summary>Weights of a block: 32, 64 or 128.</summary>
    public int Block;

    /// <summary>The activations, as <see cref="Kernels.RowCodes"/> writes them.</summary>
    public sbyte* RowCodes;

    /// <summary>Their scales.</summary>
    public float* RowScales;

    /// <summary>Their corrections.</summary>
    public int* Corrections;

    /// <summary>[N].</summary>
    public float* Output;

    /// <summary>How many pieces threads share.</summary>
    public readonly int Pieces => (int)((Rows + PieceRows - 1) / PieceRows);

    private readonly long PieceRows => Math.Max(1, Math.Clamp(Rows * RowBytes / SharedPieces, MinPieceBytes, MaxPieceBytes) / RowBytes);

    private readonly int RowBytes => Blocks * Block / 2;

    /// <summary>The rows of a piece.</summary>
    public readonly (long First, long End) Piece(int index) => (index * PieceRows, Math.Min((index + 1) * PieceRows, Rows));
}
