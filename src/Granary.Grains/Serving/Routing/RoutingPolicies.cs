using System.Collections.Frozen;
using Granary.Clustering;
using Microsoft.Extensions.Options;

namespace Granary.Serving;

/// <summary>The policies that there are, and the one that holds: an operator's, or else the configuration's.</summary>
internal sealed class RoutingPolicies(IEnumerable<IRoutingPolicy> policies, IOptions<RoutingOptions> options, ServingSilos serving)
{
    private readonly FrozenDictionary<string, IRoutingPolicy> _policies = policies.GroupBy(policy => policy.Name, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);

    /// <summary>Names of all, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _policies.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The one that holds. What another silo's operator chose may be unknown here while versions are mixed.</summary>
    public IRoutingPolicy Current =>
        serving.Control.RoutingPolicy is { } chosen && _policies.TryGetValue(chosen, out var policy) ? policy : _policies[options.Value.Policy];
}
