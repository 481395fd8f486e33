namespace Granary.Engine.Kernels;

/// <summary>A row of activations times a matrix of floats, and where the products go. Everything lies in memory that others own.</summary>
internal unsafe struct FloatProduct
{
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly bool _byRow;
    private readonly ColumnPieces _pieces;
    private float* _row;
    private float* _output;

    /// <param name="inputs">K.</param>
    /// <param name="outputs">N.</param>
    /// <param name="byRow">Whether the matrix is [N, K] and not [K, N].</param>
    public FloatProduct(int inputs, int outputs, bool byRow)
    {
        (_inputs, _outputs, _byRow) = (inputs, outputs, byRow);
        _pieces = new ColumnPieces(inputs, outputs, sizeof(float));
    }

    /// <summary>The matrix.</summary>
    public float* Weights { get; init; }

    /// <summary>Memory for what lies between input and output, <see cref="ScratchBytes"/> long.</summary>
    public byte* Scratch { get; set; }

    /// <summary>Length of <see cref="Scratch"/>.</summary>
    public readonly long ScratchBytes => _byRow ? 0 : sizeof(float) * (long)_pieces.Parts * _outputs;

    /// <summary>Pieces of <see cref="Compute"/>.</summary>
    public readonly int Pieces => _byRow ? ColumnPieces.All : _pieces.Count;

    private readonly float* Sums => (float*)Scratch;

    /// <summary>Begins a row.</summary>
    /// <param name="row">[K].</param>
    /// <param name="output">[N].</param>
    public void Begin(float* row, float* output)
    {
        _row = row;
        _output = output;
    }

    /// <summary>Multiplies a piece; on any thread.</summary>
    public readonly void Compute(int piece)
    {
        if (_byRow)
        {
            FloatRows.Multiply(Weights, _inputs, _row, (int)((long)_outputs * piece / Pieces), (int)((long)_outputs * (piece + 1) / Pieces), _output);
        }
        else
        {
            _pieces.Multiply(Weights, piece, _inputs, _outputs, _row, Sums);
        }
    }

    /// <summary>Puts the pieces together.</summary>
    public readonly void End()
    {
        if (!_byRow)
        {
            FloatColumns.Join(Sums, _pieces.Parts, _outputs);
            new ReadOnlySpan<float>(Sums, _outputs).CopyTo(new Span<float>(_output, _outputs));
        }
    }
}
