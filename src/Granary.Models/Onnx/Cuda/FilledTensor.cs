using Granary.Models.Checkpoints;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Cuda;

/// <summary>A vector of one number.</summary>
internal sealed class FilledTensor(OnnxType type, int length, float value) : WeightTensor
{
    public override OnnxType Type => type;

    public override IReadOnlyList<long> Shape => [length];

    public override void Fill(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var numbers = destination.Slice<ushort>(0, length);
        _ = NarrowFloats.TryConvert(type, [value], numbers);
        numbers.Fill(numbers[0]);
        written(ByteLength);
    }
}
