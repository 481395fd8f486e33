using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>A part of what is computed from a matrix as a whole, such as its codes or their scales.</summary>
internal sealed class ComputedTensor(OnnxType type, long[] shape, ComputedTensor.Filler fill) : WeightTensor
{
    /// <summary>See <see cref="WeightTensor.Fill"/>.</summary>
    public delegate void Filler(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken);

    public override OnnxType Type => type;

    public override IReadOnlyList<long> Shape => shape;

    public override void Fill(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken) =>
        fill(source, destination, written, cancellationToken);
}
