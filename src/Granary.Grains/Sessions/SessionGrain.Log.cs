using Microsoft.Extensions.Logging;

namespace Granary.Sessions;

internal sealed partial class SessionGrain
{
    [LoggerMessage(2001, LogLevel.Debug, "Session {Session}, turn {Turn}: ended, {Outcome}")]
    private partial void LogTurnEnded(string session, int turn, string outcome);

    [LoggerMessage(2003, LogLevel.Warning, "Session {Session}: its owner's list could not be refreshed; the next turn does it")]
    private partial void LogIndexNotRefreshed(Exception exception, string session);
}
