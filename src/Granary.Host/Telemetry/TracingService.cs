using OpenTelemetry.Trace;

namespace Granary.Host.Telemetry;

/// <summary>Begins to trace before the silo takes anything; the container, at the end, sends what is left.</summary>
internal sealed class TracingService(TracerProvider provider) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        provider.ForceFlush((int)TimeSpan.FromSeconds(5).TotalMilliseconds);
        return Task.CompletedTask;
    }
}
