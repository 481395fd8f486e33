using System.Collections.Frozen;
using Granary.Gateway.Cluster;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Security;

/// <summary>Whose pages may call this gateway besides its own: those of the cluster's other gateways, and what the options name.</summary>
internal sealed class AllowedOrigins(IOptions<GatewayOptions> options, ClusterGateways gateways)
{
    private readonly FrozenSet<string> _named = options.Value.AllowedOrigins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string origin) => _named.Contains(origin) || gateways.IsOwn(origin);
}
