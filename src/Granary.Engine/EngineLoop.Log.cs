using Microsoft.Extensions.Logging;

namespace Granary.Engine;

internal sealed partial class EngineLoop
{
    [LoggerMessage(2001, LogLevel.Error, "A forward pass of model {Model} failed; {Sequences} sequences with it")]
    private partial void LogForwardFailed(Exception exception, string model, int sequences);

    [LoggerMessage(2002, LogLevel.Error, "Model {Model} computed logits that are not finite for request {RequestId} at position {Position}")]
    private partial void LogBadLogits(string model, string requestId, int position);

    [LoggerMessage(2003, LogLevel.Error, "The output of request {RequestId} of model {Model} could not be written")]
    private partial void LogOutputFailed(Exception exception, string model, string requestId);

    [LoggerMessage(2004, LogLevel.Critical, "The engine of model {Model} broke down; it serves nothing until it is loaded again")]
    private partial void LogBroken(Exception exception, string model);
}
