using System.ComponentModel.DataAnnotations;

namespace Granary.Serving;

/// <summary>How requests find a replica; bound from <c>Granary:Routing</c>.</summary>
public sealed class RoutingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Routing";

    /// <value>Name of the policy; default <c>least-loaded</c>.</value>
    [Required, AllowedValues(RoutingPolicyNames.LeastLoaded, ErrorMessage = "must be least-loaded")]
    public string Policy { get; set; } = RoutingPolicyNames.LeastLoaded;
}
