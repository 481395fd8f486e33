namespace Granary.Models.Catalog;

/// <summary>How the weights of an imported model are stored.</summary>
public enum WeightKind
{
    /// <summary>32-bit floats: exact, four bytes a parameter.</summary>
    Fp32,
}
