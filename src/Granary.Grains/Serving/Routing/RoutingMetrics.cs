using System.Diagnostics.Metrics;
using Granary.Diagnostics;

namespace Granary.Serving;

/// <summary>Counts where requests went.</summary>
internal sealed class RoutingMetrics : IDisposable
{
    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly Counter<long> _routed;

    public RoutingMetrics() =>
        _routed = _meter.CreateCounter<long>("granary:routed_requests_total", "{request}", "Requests that this silo sent to replicas, by policy and the replica's silo.");

    /// <summary>A request was sent.</summary>
    public void Routed(string policy, ReplicaDescriptor replica) =>
        _routed.Add(1, new("policy", policy), new("replica", replica.Silo), new("model_name", replica.Model));

    public void Dispose() => _meter.Dispose();
}
