namespace Orleans.Runtime;

/// <summary>Base of generated proxies: names a grain (or observer) and sends calls to it.</summary>
/// <param name="grainId">The target.</param>
/// <param name="interfaceInfo">The interface that the proxy implements.</param>
/// <param name="sender">The runtime.</param>
public abstract class GrainReference(GrainId grainId, GrainInterface interfaceInfo, IGrainCallSender sender) : IAddressable, IEquatable<GrainReference>
{
    /// <summary>The target.</summary>
    public GrainId GrainId { get; } = grainId;

    /// <summary>The interface that the proxy implements.</summary>
    public GrainInterface Interface { get; } = interfaceInfo;

    /// <summary>The name of that interface on the wire.</summary>
    public GrainInterfaceType InterfaceType => Interface.InterfaceType;

    /// <summary>The full name of that interface.</summary>
    public string InterfaceName => Interface.Type.FullName!;

    /// <summary>The runtime that sends the calls.</summary>
    public IGrainCallSender Sender { get; } = sender;

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}";
}
