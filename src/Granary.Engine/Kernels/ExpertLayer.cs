namespace Granary.Engine.Kernels;

/// <summary>The chosen experts of one token in 4 bits: gate and up of all of them, then down. <see cref="ComputeGateUp"/> and <see cref="ComputeDown"/> run in pieces, on several threads.</summary>
/// <param name="chosen">Experts of a token.</param>
/// <param name="block">Weights that share a scale.</param>
/// <param name="hidden">H, a multiple of the block.</param>
/// <param name="intermediate">I, a multiple of the block.</param>
internal unsafe struct ExpertLayer(int chosen, int block, int hidden, int intermediate)
{
    private const int PieceRows = 64; // even: a gate and its up go together

    private float* _output;

    /// <summary>u8 [E, 2·I, H/2], rows g0, u0, g1, u1, ….</summary>
    public byte* GateUp { get; init; }

    /// <summary>[E, 2·I, H/L].</summary>
    public float* GateUpScales { get; init; }

    /// <summary>u8 [E, H, I/2].</summary>
    public byte* Down { get; init; }

    /// <summary>[E, H, I/L].</summary>
    public float* DownScales { get; init; }

    /// <summary>Memory for what lies between input and output, <see cref="ScratchBytes"/> long.</summary>
    public byte* Scratch { get; set; }

    /// <summary>Length of <see cref="Scratch"/>.</summary>
    public readonly long ScratchBytes => (4L * chosen * (2 + (3 * intermediate) + hidden)) + RowBytes(hidden) + ((long)chosen * RowBytes(intermediate));

    /// <summary>Pieces of <see cref="ComputeGateUp"/>.</summary>
    public readonly int GateUpPieces => chosen * PiecesOf(2 * intermediate);

    /// <summary>Pieces of <see cref="ComputeDown"/>.</summary>
    public readonly int DownPieces => PiecesOf(hidden);

    private readonly int* Experts => (int*)Scratch;

    private readonly float* Weights => (float*)(Experts + chosen);

    private readonly float* Both => Weights + chosen; // [chosen, 2·I]

    private readonly float* Products => Both + (2L * chosen * intermediate); // [chosen, I]

    private readonly float* Outputs => Products + ((long)chosen * intermediate); // [chosen, H]

    private readonly byte* InputRow => (byte*)(Outputs + ((long)chosen * hidden));

    /// <summary>Chooses a token's experts and rounds it.</summary>
    /// <param name="input">[H].</param>
    /// <param name="logits">[E].</param>
    /// <param name="output">[H].</param>
    public void Begin(float* input, ReadOnlySpan<float> logits, float* output)
    {
        _output = output;
        ExpertChoice.Choose(logits, new Span<int>(Experts, chosen), new Span<float>(Weights, chosen));
        Write(input, hidden, InputRow);
    }

    /// <summary>silu(gate) · up of some rows of one chosen expert.</summary>
    public readonly void ComputeGateUp(int piece)
    {
        int pieces = PiecesOf(2 * intermediate);
        int place = piece / pieces;
        int first = piece % pieces * PieceRows;
        int end = Math.Min(first + PieceRows, 2 * intermediate);
        float* both = Both + (2L * place * intermediate);
        Int4Rows.Multiply(Product(GateUp, GateUpScales, Experts[place], 2 * intermediate, hidden, InputRow, both), first, end);
        SwiGlu.MultiplyPairs(both + first, (end - first) / 2, Products + ((long)place * intermediate) + (first / 2));
    }

    /// <summary>Rounds what <see cref="ComputeGateUp"/> gave.</summary>
    public readonly void Continue()
    {
        for (int place = 0; place < chosen; place++)
        {
            Write(Products + ((long)place * intermediate), intermediate, ProductRow(place));
        }
    }

    /// <summary>Some rows of the weighted sum of all chosen experts.</summary>
    public readonly void ComputeDown(int piece)
    {
        int first = piece * PieceRows;
        int end = Math.Min(first + PieceRows, hidden);
        new Span<float>(_output + first, end - first).Clear();
        for (int place = 0; place < chosen; place++)
        {
            float* outputs = Outputs + ((long)place * hidden);
            Int4Rows.Multiply(Product(Down, DownScales, Experts[place], hidden, intermediate, ProductRow(place), outputs), first, end);
            for (int row = first; row < end; row++)
            {
                _output[row] += Weights[place] * outputs[row];
            }
        }
    }

    private static int PiecesOf(int rows) => (rows + PieceRows - 1) / PieceRows;

    // Codes, then scales and corrections of a row.
    private readonly int RowBytes(int columns) => columns + (8 * (columns / block));

    private readonly byte* ProductRow(int place) => InputRow + RowBytes(hidden) + ((long)place * RowBytes(intermediate));

    private readonly void Write(float* row, int columns, byte* to)
    {
        var scales = (float*)(to + columns);
        RowCodes.Write(row, columns, block, (sbyte*)to, scales, (int*)(scales + (columns / block)));
    }

    private readonly Int4Product Product(byte* codes, float* scales, int expert, int rows, int columns, byte* row, float* output)
    {
        int blocks = columns / block;
        var rowScales = (float*)(row + columns);
        return new Int4Product
        {
            Codes = codes + ((long)expert * rows * columns / 2), Scales = scales + ((long)expert * rows * blocks), Rows = rows, Blocks = blocks, Block = block,
            RowCodes = (sbyte*)row, RowScales = rowScales, Corrections = (int*)(rowScales + blocks), Output = output,
        };
    }
}
