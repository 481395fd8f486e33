using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>An initialiser that is filled when the data file is written.</summary>
internal abstract class WeightTensor
{
    /// <summary>Its elements.</summary>
    public abstract OnnxType Type { get; }

    /// <summary>Its dimensions, outermost first.</summary>
    public abstract IReadOnlyList<long> Shape { get; }

    public long ElementCount => Shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    public long ByteLength => checked(ElementCount * ElementBytes);

    public int ElementBytes => Type switch
    {
        OnnxType.UInt8 or OnnxType.Int8 => 1,
        OnnxType.Float16 or OnnxType.BFloat16 => 2,
        OnnxType.Float => 4,
        OnnxType.Int64 => 8,
        _ => throw new InvalidOperationException($"Weights are never {Type}."),
    };

    /// <summary>Writes all elements.</summary>
    /// <param name="source">Where the weights come from.</param>
    /// <param name="destination">Row-major, <see cref="ByteLength"/> long.</param>
    /// <param name="written">Told how many bytes were written since the last call.</param>
    /// <param name="cancellationToken">Stops the work between two blocks.</param>
    public abstract void Fill(ITensorSource source, NativeBytes destination, Action<long> written, CancellationToken cancellationToken);
}
