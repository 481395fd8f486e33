namespace Orleans.Runtime;

/// <summary>Ids of things that live at a fixed silo: parts of the runtime and observers. The key begins with the silo's address.</summary>
internal static class SystemIds
{
    private const string Prefix = "sys.";

    public static GrainId Create(GrainType type, SiloAddress silo, string rest = "") => GrainId.Create(type, $"{silo.ToParsableString()}/{rest}");

    public static bool IsSystem(GrainId id) => id.Type.ToString().StartsWith(Prefix, StringComparison.Ordinal);

    public static SiloAddress GetSilo(GrainId id)
    {
        var key = id.Key.ToString();
        return SiloAddress.Parse(key[..key.IndexOf('/', StringComparison.Ordinal)]);
    }
}
