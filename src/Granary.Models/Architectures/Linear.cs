namespace Granary.Models.Architectures;

/// <summary>y = x·Wᵀ + b.</summary>
/// <param name="Weight">W [out, in].</param>
/// <param name="Bias">b [out], if there is one.</param>
internal sealed record Linear(MatrixRef Weight, MatrixRef? Bias = null)
{
    /// <summary><c>prefix.weight</c> and, with <paramref name="bias"/>, <c>prefix.bias</c>.</summary>
    public static Linear Named(string prefix, int outputs, int inputs, bool bias = false) =>
        new(MatrixRef.Whole(prefix + ".weight", outputs, inputs), bias ? MatrixRef.Vector(prefix + ".bias", outputs) : null);
}
