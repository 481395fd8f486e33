namespace Granary.Serving;

/// <summary>Names of the routing policies.</summary>
public static class RoutingPolicyNames
{
    /// <summary>The shortest queue; among equals the nearest, then the one with the fewest running sequences.</summary>
    public const string LeastLoaded = "least-loaded";
}
