using Microsoft.Extensions.Logging;

namespace Granary.Clustering;

internal sealed partial class ClusterControlGrain
{
    [LoggerMessage(2501, LogLevel.Information, "Silo {Silo} is being drained")]
    private partial void LogDraining(string silo);

    [LoggerMessage(2502, LogLevel.Information, "Zone {Zone} is evacuated")]
    private partial void LogEvacuated(string zone);

    [LoggerMessage(2503, LogLevel.Information, "Zone {Zone} takes work again")]
    private partial void LogRestored(string zone);

    [LoggerMessage(2504, LogLevel.Warning, "That silo {Silo} is being drained could not be stored")]
    private partial void LogNotStored(Exception exception, string silo);

    [LoggerMessage(2505, LogLevel.Information, "Requests find replicas by the policy {Policy}")]
    private partial void LogRouting(string policy);
}
