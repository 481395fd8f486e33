namespace Orleans.Serialization.Invocation;

/// <summary>The runtime, as proxies see it.</summary>
public interface IGrainCallSender
{
    /// <summary>Sends a call and waits for its result.</summary>
    ValueTask<TResult> InvokeAsync<TResult>(GrainReference target, Invokable<TResult> request);

    /// <summary>Sends a call and waits until it has run.</summary>
    ValueTask InvokeAsync(GrainReference target, Invokable request);

    /// <summary>Sends a call and forgets it.</summary>
    void InvokeOneWay(GrainReference target, Invokable request);

    /// <summary>A stream that sends the call when it is enumerated; each enumeration sends <c>request.Copy()</c>.</summary>
    IAsyncEnumerable<TItem> Enumerate<TItem>(GrainReference target, StreamInvokable<TItem> request);
}
