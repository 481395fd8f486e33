using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>A running generation.</summary>
/// <param name="requestId">Its id.</param>
/// <param name="replica">Who answers.</param>
/// <param name="outputs">The stream, standing before its first frame.</param>
internal sealed class Completion(string requestId, ReplicaDescriptor replica, IAsyncEnumerator<ReplicaOutput> outputs) : IAsyncDisposable
{
    /// <summary>Its id.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>Who answers.</summary>
    public ReplicaDescriptor Replica { get; } = replica;

    /// <summary>All frames; can be read once.</summary>
    public async IAsyncEnumerable<TokenFrame> ReadAsync()
    {
        while (await outputs.MoveNextAsync())
        {
            if (outputs.Current.Frame is { } frame)
                yield return frame;
        }
    }

    /// <summary>Ends the stream; an unfinished generation stops within one step.</summary>
    public ValueTask DisposeAsync() => outputs.DisposeAsync();
}
