using Granary.Models.Onnx;

namespace Granary.Models.Catalog;

/// <summary>Names of <see cref="WeightKind"/> and the graph writer's format for each.</summary>
public static class WeightKinds
{
    /// <summary>The name in manifests and on command lines, for example <c>fp32</c>.</summary>
    public static string Name(this WeightKind kind) => kind switch
    {
        WeightKind.Fp32 => "fp32",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of weights."),
    };

    /// <summary>The kind of a name.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string name, out WeightKind kind)
    {
        foreach (var known in Enum.GetValues<WeightKind>())
        {
            if (known.Name() == name)
            {
                kind = known;
                return true;
            }
        }

        kind = default;
        return false;
    }

    internal static IWeightFormat Format(this WeightKind kind) => kind switch
    {
        WeightKind.Fp32 => new Fp32Format(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of weights."),
    };
}
