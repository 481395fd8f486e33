using Microsoft.Extensions.Logging;

namespace Granary.Turns;

internal sealed partial class Turn
{
    [LoggerMessage(2311, LogLevel.Warning, "A turn is left to whoever has it now: {Reason}")]
    private partial void LogFenced(string reason);

    [LoggerMessage(2312, LogLevel.Warning, "{Owner}, turn {Turn}: the store is away, trying again ({Reason})")]
    private partial void LogStoreAway(string owner, int turn, string reason);

    [LoggerMessage(2313, LogLevel.Warning, "{Owner}, turn {Turn}: its end is not stored from here ({Reason})")]
    private partial void LogNotStored(string owner, int turn, string reason);

    [LoggerMessage(2315, LogLevel.Warning, "{Owner}, turn {Turn}: its prompt cannot be counted at the moment, trying again ({Reason})")]
    private partial void LogNotMeasured(string owner, int turn, string reason);
}
