using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx;

/// <summary>An fp32 initialiser that is filled when the data file is written.</summary>
internal abstract class WeightTensor
{
    /// <summary>Its dimensions, outermost first.</summary>
    public abstract IReadOnlyList<long> Shape { get; }

    public long ElementCount => Shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    /// <summary>Writes all elements.</summary>
    /// <param name="checkpoint">Where the weights come from.</param>
    /// <param name="destination">Row-major, <see cref="ElementCount"/> long.</param>
    /// <param name="written">Told how many elements were written since the last call.</param>
    /// <param name="cancellationToken">Stops the work between two blocks.</param>
    public abstract void Fill(Checkpoint checkpoint, NativeFloats destination, Action<int> written, CancellationToken cancellationToken);
}
