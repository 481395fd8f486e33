namespace Granary.Models;

/// <summary>Consecutive layers of a decoder.</summary>
/// <param name="First">The first, from 0.</param>
/// <param name="End">One past the last.</param>
[GenerateSerializer, Immutable, Alias("granary.layers")]
public readonly record struct LayerRange([property: Id(0)] int First, [property: Id(1)] int End)
{
    /// <summary>How many there are.</summary>
    public int Count => End - First;

    /// <inheritdoc/>
    public override string ToString() => $"{First}..{End}";
}
