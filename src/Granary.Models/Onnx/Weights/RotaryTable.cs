using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>Cosines or sines [positions, head dim / 2] of rotary positions.</summary>
/// <remarks>Frequencies and angles are rounded to fp32 as the models' training code does: at long contexts the rounding is part of the model.</remarks>
internal sealed class RotaryTable : WeightTensor
{
    private readonly RopeConfig _rope;
    private readonly int _headDim;
    private readonly Func<double, double> _function;

    private RotaryTable(RopeConfig rope, int headDim, Func<double, double> function)
    {
        _rope = rope;
        _headDim = headDim;
        _function = function;
    }

    public override OnnxType Type => OnnxType.Float;

    public override IReadOnlyList<long> Shape => [_rope.MaxPositions, _headDim / 2];

    public static RotaryTable Cosines(RopeConfig rope, int headDim) => new(rope, headDim, Math.Cos);

    public static RotaryTable Sines(RopeConfig rope, int headDim) => new(rope, headDim, Math.Sin);

    public override void Fill(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var frequencies = RotaryFrequencies.Compute(_rope, _headDim);
        for (var position = 0; position < _rope.MaxPositions; position++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = destination.Slice<float>((long)position * frequencies.Length, frequencies.Length);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = (float)_function((float)position * frequencies[i]) * (float)_rope.AttentionFactor;
            }

            written(row.Length * sizeof(float));
        }
    }
}
