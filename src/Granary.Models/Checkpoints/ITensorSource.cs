namespace Granary.Models.Checkpoints;

/// <summary>Where the weights of an import come from.</summary>
internal interface ITensorSource : IDisposable
{
    /// <summary>Paths of the weight files, in the order of their names; none where weights are made up.</summary>
    IEnumerable<string> Files { get; }

    /// <summary>Names of all tensors that are there; none where any is.</summary>
    IEnumerable<string> TensorNames { get; }

    bool Contains(string name);

    /// <summary>Checks that a tensor is there with the expected shape and a type that can be imported.</summary>
    /// <exception cref="ModelFormatException">It is not.</exception>
    void Require(string name, ReadOnlySpan<long> shape);

    /// <summary>Reads elements of a tensor that <see cref="Require"/> accepted, as fp32.</summary>
    void Read(string name, long firstElement, Span<float> destination);
}
