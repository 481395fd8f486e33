namespace Granary.Serving;

/// <summary>Names of the routing policies.</summary>
public static class RoutingPolicyNames
{
    /// <summary>The replica that holds the longest prefix of the prompt; among equals, and where it is overloaded, as <see cref="LeastLoaded"/>.</summary>
    public const string KvAffinity = "kv-affinity";

    /// <summary>The shortest queue; among equals the nearest, then the one with the fewest running sequences.</summary>
    public const string LeastLoaded = "least-loaded";

    /// <summary>In turn, each as often as its weight says.</summary>
    public const string WeightedRoundRobin = "weighted-round-robin";

    /// <summary>The shortest expected time to the first token.</summary>
    public const string ResponseTime = "response-time";

    /// <summary>Always the same replica for a conversation, whoever asks; when a replica goes, only its conversations go elsewhere.</summary>
    public const string ConsistentHash = "consistent-hash";

    /// <summary>The lowest sum of load and a penalty for slowness.</summary>
    public const string DynamicScore = "dynamic-score";
}
