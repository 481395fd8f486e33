using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>A running generation.</summary>
/// <param name="requestId">Its id.</param>
/// <param name="replica">Who answers.</param>
/// <param name="frames">The stream, standing on its first frame.</param>
internal sealed class Completion(string requestId, ReplicaDescriptor replica, IAsyncEnumerator<TokenFrame> frames) : IAsyncDisposable
{
    /// <summary>Its id.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>Who answers.</summary>
    public ReplicaDescriptor Replica { get; } = replica;

    /// <summary>All frames; can be read once.</summary>
    public async IAsyncEnumerable<TokenFrame> ReadAsync()
    {
        do
        {
            yield return frames.Current;
        }
        while (await frames.MoveNextAsync());
    }

    /// <summary>Ends the stream; an unfinished generation stops within one step.</summary>
    public ValueTask DisposeAsync() => frames.DisposeAsync();
}
