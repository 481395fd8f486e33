namespace Granary.Gateway.Admin.Keys;

internal sealed partial class KeyAdmin
{
    [LoggerMessage(4410, LogLevel.Information, "{Caller} made the key {Id} for {Tenant}")]
    private partial void LogCreated(string caller, string id, string tenant);

    [LoggerMessage(4411, LogLevel.Information, "{Caller} put the key {Successor} in place of {Id}, which ends at {End}")]
    private partial void LogRotated(string caller, string successor, string id, DateTimeOffset? end);

    [LoggerMessage(4412, LogLevel.Information, "{Caller} revoked the key {Id} of {Tenant}")]
    private partial void LogRevoked(string caller, string id, string tenant);
}
