namespace Orleans.Runtime.Placement;

/// <summary>What is to be placed.</summary>
/// <param name="grainIdentity">The grain.</param>
/// <param name="requestContextData">The request context of the call that needs it.</param>
/// <param name="interfaceType">The interface of that call.</param>
/// <param name="interfaceVersion">Its version.</param>
public readonly struct PlacementTarget(GrainId grainIdentity, Dictionary<string, object>? requestContextData, GrainInterfaceType interfaceType, ushort interfaceVersion)
{
    /// <summary>The grain.</summary>
    public GrainId GrainIdentity { get; } = grainIdentity;

    /// <summary>The interface of the call that needs it.</summary>
    public GrainInterfaceType InterfaceType { get; } = interfaceType;

    /// <summary>Its version.</summary>
    public ushort InterfaceVersion { get; } = interfaceVersion;

    /// <summary>The request context of that call.</summary>
    public Dictionary<string, object>? RequestContextData { get; } = requestContextData;
}
