namespace Granary.Models.Catalog;

/// <summary>Names of <see cref="ModelPart"/>, and what is kept wide.</summary>
public static class ModelParts
{
    /// <summary>All names, as manifests and command lines have them.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<ModelPart>().Select(Name);

    /// <summary>The name in manifests and on command lines, for example <c>lm_head</c>.</summary>
    public static string Name(this ModelPart part) => part switch
    {
        ModelPart.Router => "router",
        ModelPart.Norms => "norms",
        ModelPart.Head => "lm_head",
        ModelPart.Embedding => "embedding",
        ModelPart.Attention => "attention",
        ModelPart.FeedForward => "mlp",
        ModelPart.Experts => "experts",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No such part."),
    };

    /// <summary>The part of a name.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string name, out ModelPart part)
    {
        foreach (var known in Enum.GetValues<ModelPart>())
        {
            if (known.Name() == name)
            {
                part = known;
                return true;
            }
        }

        part = default;
        return false;
    }

    /// <summary>What a kind of weights keeps wide when nothing is said.</summary>
    public static IReadOnlySet<ModelPart> KeptWideByDefault(this WeightKind kind) => kind switch
    {
        WeightKind.Fp32 => new HashSet<ModelPart>(),
        _ => new HashSet<ModelPart> { ModelPart.Router, ModelPart.Norms },
    };
}
