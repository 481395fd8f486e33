using Orleans.Runtime.Streaming;

namespace Orleans.Runtime;

/// <summary>What can be said about streams that grains return.</summary>
public static class AsyncEnumerableExtensions
{
    /// <summary>Pulls at most so many items at once. Default 100. Does nothing for enumerables that come from no grain.</summary>
    public static IAsyncEnumerable<T> WithBatchSize<T>(this IAsyncEnumerable<T> self, int maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(self);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        return self is IBatchedStream<T> stream ? stream.WithBatchSize(maxBatchSize) : self;
    }
}
