using Orleans.Concurrency;

namespace Orleans.Runtime.Streaming;

/// <summary>How items of an <see cref="IAsyncEnumerable{T}"/> method are pulled from an activation. Pulls interleave with ordinary requests, as in Orleans.</summary>
internal interface IStreamExtension : IGrainExtension
{
    /// <summary>Calls the method and pulls the first batch.</summary>
    [AlwaysInterleave]
    Task<StreamBatch> OpenAsync(StreamRequest request);

    /// <summary>Pulls the next batch.</summary>
    [AlwaysInterleave]
    Task<StreamBatch> NextAsync(Guid id);

    /// <summary>Cancels the iterator's token and disposes it.</summary>
    [AlwaysInterleave]
    Task CloseAsync(Guid id);
}
