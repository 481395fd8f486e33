namespace Orleans.Embedded.Tests.Generator;

/// <summary>The smallest runtime: calls run at once, either over copies or over the wire's bytes.</summary>
internal sealed class LoopbackSender(bool overWire) : IGrainCallSender
{
    public Dictionary<GrainId, object> Targets { get; } = [];

    public async ValueTask<TResult> InvokeAsync<TResult>(GrainReference target, Invokable<TResult> request)
    {
        await InvokeAsync(target, (Invokable)request);
        return request.Result;
    }

    public async ValueTask InvokeAsync(GrainReference target, Invokable request)
    {
        var callee = Deliver(request);
        try
        {
            await callee.InvokeAsync(Targets[target.GrainId]);
        }
        catch (Exception e) when (overWire)
        {
            throw Serialization.Wire.RoundTrip(e);
        }

        Return(callee, request);
    }

    public void InvokeOneWay(GrainReference target, Invokable request) => Assert.True(InvokeAsync(target, request).IsCompleted);

    public IAsyncEnumerable<TItem> Enumerate<TItem>(GrainReference target, StreamInvokable<TItem> request) =>
        ((StreamInvokable<TItem>)Deliver(request)).Open(Targets[target.GrainId]);

    private Invokable Deliver(Invokable request)
    {
        if (!overWire)
        {
            var copy = request.Copy();
            copy.CancellationToken = request.CancellationToken;
            return copy;
        }

        using var writer = new WireWriter();
        writer.WriteUInt64(request.Method.Id);
        request.WriteArguments(writer);
        var reader = new WireReader(writer.WrittenSpan, this);
        var callee = TypeRegistry.Instance.FindMethod(reader.ReadUInt64())!.Create();
        callee.ReadArguments(ref reader);
        Assert.Equal(0, reader.Remaining);
        callee.CancellationToken = request.CancellationToken;
        return callee;
    }

    private void Return(Invokable callee, Invokable request)
    {
        if (!overWire)
        {
            request.TakeResult(callee);
            return;
        }

        using var writer = new WireWriter();
        callee.WriteResult(writer);
        var reader = new WireReader(writer.WrittenSpan, this);
        request.ReadResult(ref reader);
    }
}
