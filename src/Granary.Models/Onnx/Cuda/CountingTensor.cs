using Granary.Models.Checkpoints;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Cuda;

/// <summary>The numbers 0, 1, 2, … as a matrix, row by row.</summary>
internal sealed class CountingTensor(int rows, int columns) : WeightTensor
{
    public override OnnxType Type => OnnxType.Int64;

    public override IReadOnlyList<long> Shape => [rows, columns];

    public override void Fill(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken)
    {
        var numbers = destination.Slice<long>(0, rows * columns);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i;
        }

        written(ByteLength);
    }
}
