using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Gateway.Draining;
using Granary.Gateway.Health;

namespace Granary.Gateway.Telemetry.Metrics;

/// <summary>What goes on at this gateway.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private readonly Meter _meter = new(GranaryTelemetry.Name);

    public GatewayMetrics(ReadinessCheck readiness, RunningRequests requests, OpenConnections open)
    {
        _meter.CreateObservableGauge("granary:ready", () => readiness.Check().IsReady ? 1 : 0, description: "Whether the silo takes everything, 0 or 1.");
        _meter.CreateObservableGauge("granary:gateway_requests_running", () => requests.Count, "{request}", "HTTP requests that are being answered, streams included.");
        _meter.CreateObservableGauge("granary:hub_connections", () => open.Connections, "{connection}", "Open connections of the hub and plain WebSockets.");
        _meter.CreateObservableGauge("granary:hub_calls_running", () => open.Count, "{call}", "Calls over such connections that are being answered, streams included.");
    }

    public void Dispose() => _meter.Dispose();
}
