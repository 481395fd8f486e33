using System.ComponentModel.DataAnnotations;

namespace Granary.Serving;

/// <summary>How requests find a replica; bound from <c>Granary:Routing</c>.</summary>
public sealed class RoutingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Routing";

    /// <value>Name of the policy, until an operator chooses another one; default <c>kv-affinity</c>.</value>
    [Required]
    [AllowedValues(
        RoutingPolicyNames.KvAffinity,
        RoutingPolicyNames.LeastLoaded,
        RoutingPolicyNames.WeightedRoundRobin,
        RoutingPolicyNames.ResponseTime,
        RoutingPolicyNames.ConsistentHash,
        RoutingPolicyNames.DynamicScore,
        ErrorMessage = "must be kv-affinity, least-loaded, weighted-round-robin, response-time, consistent-hash or dynamic-score")]
    public string Policy { get; set; } = RoutingPolicyNames.KvAffinity;

    /// <value>This silo's share of requests under <c>weighted-round-robin</c>, against others'; 0, the default, for what its processor was measured to compute. Bounds 0–1,000,000.</value>
    [Range(0, 1_000_000)]
    public double Weight { get; set; }
}
