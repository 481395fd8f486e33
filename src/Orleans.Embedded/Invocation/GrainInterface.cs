namespace Orleans.Serialization.Invocation;

/// <summary>A grain or observer interface that has a generated proxy.</summary>
/// <param name="type">The interface.</param>
/// <param name="name">Its alias or full name.</param>
/// <param name="version">From <see cref="CodeGeneration.VersionAttribute"/>.</param>
/// <param name="createReference">Makes a proxy.</param>
/// <param name="methods">Methods that it declares itself; those of its bases are with the bases.</param>
public sealed class GrainInterface(Type type, string name, ushort version, Func<GrainId, IGrainCallSender, GrainReference> createReference, GrainMethod[] methods)
{
    /// <summary>The interface.</summary>
    public Type Type { get; } = type;

    /// <summary>Its stable name.</summary>
    public GrainInterfaceType InterfaceType { get; } = GrainInterfaceType.Create(name);

    /// <summary>The id on the wire: a hash of the name.</summary>
    public ulong Id { get; } = StableHash.Compute64(name);

    /// <summary>Its version.</summary>
    public ushort Version { get; } = version;

    /// <summary>Methods that it declares itself.</summary>
    public IReadOnlyList<GrainMethod> Methods { get; } = methods;

    /// <summary>A proxy for that grain.</summary>
    public GrainReference CreateReference(GrainId id, IGrainCallSender sender) => createReference(id, sender);
}
