namespace Granary.Models.Catalog;

/// <summary>Names of <see cref="WeightKind"/>.</summary>
public static class WeightKinds
{
    /// <summary>The name in manifests and on command lines, for example <c>fp32</c>.</summary>
    public static string Name(this WeightKind kind) => kind switch
    {
        WeightKind.Fp32 => "fp32",
        WeightKind.Fp16 => "fp16",
        WeightKind.BFloat16 => "bf16",
        WeightKind.Int8 => "int8",
        WeightKind.W8A8 => "w8a8",
        WeightKind.Int4 => "int4",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of weights."),
    };

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<WeightKind>().Select(Name);

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
}
