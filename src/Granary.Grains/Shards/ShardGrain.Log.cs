using Microsoft.Extensions.Logging;

namespace Granary.Shards;

internal sealed partial class ShardGrain
{
    [LoggerMessage(2220, LogLevel.Information, "Generation {Request} was {Outcome}: {Bytes} bytes in {Milliseconds:0} ms")]
    private partial void LogExport(string request, string outcome, long bytes, double milliseconds);
}
