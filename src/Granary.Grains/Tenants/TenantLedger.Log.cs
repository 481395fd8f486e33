using Microsoft.Extensions.Logging;

namespace Granary.Tenants;

internal sealed partial class TenantLedger
{
    [LoggerMessage(2610, LogLevel.Warning, "The usage of {Tenant} could not be stored; the next round tries again ({Reason})")]
    private partial void LogNotRecorded(string tenant, string reason);

    [LoggerMessage(2611, LogLevel.Warning, "{Tenant} could not be asked for its limits; nothing of it begins here until it can ({Reason})")]
    private partial void LogAway(string tenant, string reason);
}
