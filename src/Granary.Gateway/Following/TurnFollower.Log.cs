namespace Granary.Gateway.Following;

internal sealed partial class TurnFollower
{
    [LoggerMessage(4300, LogLevel.Information, "A reply broke off and is read on: {Reason}")]
    private partial void LogReadingOn(string reason);

    [LoggerMessage(4301, LogLevel.Error, "{Owner}, turn {Turn}: {What}")]
    private partial void LogHole(string owner, int turn, string what);
}
