using Microsoft.Extensions.Logging;

namespace Granary.Engine;

internal sealed partial class EngineLoop
{
    [LoggerMessage(2003, LogLevel.Error, "The output of request {RequestId} of model {Model} could not be written")]
    private partial void LogOutputFailed(Exception exception, string model, string requestId);

    [LoggerMessage(2004, LogLevel.Critical, "The engine of model {Model} broke down; it serves nothing until it is loaded again")]
    private partial void LogBroken(Exception exception, string model);

    [LoggerMessage(2005, LogLevel.Error, "Something of model {Model}'s engine could not be ended in order")]
    private partial void LogEndFailed(Exception exception, string model);
}
