namespace Orleans.Runtime.Streaming;

internal interface IBatchedStream<out TItem>
{
    /// <summary>The same stream in batches of another size.</summary>
    IAsyncEnumerable<TItem> WithBatchSize(int size);
}
