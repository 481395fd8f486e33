namespace Granary.Engine.Kernels;

/// <summary>The chosen experts of one token in floats: gate and up of all of them, then down. <see cref="ComputeGateUp"/> and <see cref="ComputeDown"/> run in pieces, on several threads.</summary>
internal unsafe struct FloatExpertLayer
{
    /// <summary>Gate, up and down.</summary>
    public const int MatricesOfExpert = 3;

    private readonly int _chosen;
    private readonly int _hidden;
    private readonly int _intermediate;
    private readonly ColumnPieces _gatePieces;
    private readonly ColumnPieces _downPieces;
    private float* _input;

    /// <param name="chosen">Experts of a token, k.</param>
    /// <param name="hidden">H.</param>
    /// <param name="intermediate">I.</param>
    public FloatExpertLayer(int chosen, int hidden, int intermediate)
    {
        (_chosen, _hidden, _intermediate) = (chosen, hidden, intermediate);
        _gatePieces = new ColumnPieces(hidden, intermediate, sizeof(float), Math.Max(1, ColumnPieces.All / (2 * chosen)));
        _downPieces = new ColumnPieces(intermediate, hidden, sizeof(float), Math.Max(1, ColumnPieces.All / chosen));
    }

    /// <summary>Gate [H, I], up [H, I] and down [I, H] of each chosen expert.</summary>
    public float** Matrices { get; init; }

    /// <summary>Memory for what lies between input and output, <see cref="ScratchBytes"/> long.</summary>
    public byte* Scratch { get; set; }

    /// <summary>Length of <see cref="Scratch"/>.</summary>
    public readonly long ScratchBytes => sizeof(float) * (long)_chosen * ((2 * _gatePieces.Parts * _intermediate) + (_downPieces.Parts * _hidden));

    /// <summary>Pieces of <see cref="ComputeGateUp"/>.</summary>
    public readonly int GateUpPieces => 2 * _chosen * _gatePieces.Count;

    /// <summary>Pieces of <see cref="ComputeDown"/>.</summary>
    public readonly int DownPieces => _chosen * _downPieces.Count;

    /// <summary>Begins a token.</summary>
    /// <param name="input">[H].</param>
    public void Begin(float* input) => _input = input;

    /// <summary>A piece of gate or up of one expert.</summary>
    public readonly void ComputeGateUp(int piece)
    {
        int matrix = piece / _gatePieces.Count;
        _gatePieces.Multiply(Matrices[(matrix / 2 * MatricesOfExpert) + (matrix % 2)], piece % _gatePieces.Count, _hidden, _intermediate, _input, GateUp(matrix));
    }

    /// <summary>silu(gate) · up, where the gates' sums were.</summary>
    public readonly void Continue()
    {
        for (int place = 0; place < _chosen; place++)
        {
            float* gate = GateUp(2 * place), up = GateUp((2 * place) + 1);
            FloatColumns.Join(gate, _gatePieces.Parts, _intermediate);
            FloatColumns.Join(up, _gatePieces.Parts, _intermediate);
            SwiGlu.Multiply(gate, up, _intermediate, gate);
        }
    }

    /// <summary>A piece of down of one expert.</summary>
    public readonly void ComputeDown(int piece)
    {
        int place = piece / _downPieces.Count;
        _downPieces.Multiply(Matrices[(place * MatricesOfExpert) + 2], piece % _downPieces.Count, _intermediate, _hidden, GateUp(2 * place), Down(place));
    }

    /// <summary>The weighted sum of all chosen experts.</summary>
    /// <param name="weights">[k].</param>
    /// <param name="output">[H].</param>
    public readonly void End(ReadOnlySpan<float> weights, float* output)
    {
        new Span<float>(output, _hidden).Clear();
        for (int place = 0; place < _chosen; place++)
        {
            float* down = Down(place);
            FloatColumns.Join(down, _downPieces.Parts, _hidden);
            for (int index = 0; index < _hidden; index++)
            {
                output[index] += weights[place] * down[index];
            }
        }
    }

    // [k, 2, parts, I]
    private readonly float* GateUp(int matrix) => (float*)Scratch + ((long)matrix * _gatePieces.Parts * _intermediate);

    // [k, parts, H]
    private readonly float* Down(int place) => GateUp(2 * _chosen) + ((long)place * _downPieces.Parts * _hidden);
}
