namespace Orleans.Serialization;

/// <summary>What the generator found in one assembly. Generated classes implement it.</summary>
public interface ITypeManifest
{
    /// <summary>Tells the registry about the assembly's codecs, interfaces and grain classes.</summary>
    void Register(TypeRegistry registry);
}
