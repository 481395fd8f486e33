using Orleans.Runtime.Streaming;

namespace Orleans.TestingHost;

/// <summary>
/// Sends the calls of a test cluster's client through the silos, all of a grain through the same one, past their outgoing filters. Arguments and results are written and read, as if the
/// client were another process.
/// </summary>
internal sealed class TestClusterClient(InProcessTestCluster cluster) : IGrainCallSender
{
    public async ValueTask<TResult> InvokeAsync<TResult>(GrainReference target, Invokable<TResult> request)
    {
        await SendAsync(target, request);
        return request.Result;
    }

    public ValueTask InvokeAsync(GrainReference target, Invokable request) => new(SendAsync(target, request));

    public void InvokeOneWay(GrainReference target, Invokable request)
    {
        var silo = SiloFor(target.GrainId);
        silo.Calls.SendOneWay(target, Relay(request, silo));
    }

    public IAsyncEnumerable<TItem> Enumerate<TItem>(GrainReference target, StreamInvokable<TItem> request) => new RemoteStream<TItem>(target, request);

    private static Invokable Relay(Invokable request, SiloRuntime silo)
    {
        using var writer = new WireWriter();
        request.WriteArguments(writer);
        var relay = request.Method.Create();
        var reader = new WireReader(writer.WrittenSpan, silo.Calls);
        relay.ReadArguments(ref reader);
        relay.CancellationToken = request.CancellationToken;
        return relay;
    }

    private async Task SendAsync(GrainReference target, Invokable request)
    {
        var silo = SiloFor(target.GrainId);
        var relay = Relay(request, silo);
        await silo.Calls.Send(target, relay);
        using var writer = new WireWriter();
        relay.WriteResult(writer);
        Read(writer);

        void Read(WireWriter result)
        {
            var reader = new WireReader(result.WrittenSpan, this);
            request.ReadResult(ref reader);
        }
    }

    private SiloRuntime SiloFor(GrainId grain)
    {
        var silos = cluster.Silos.Where(static silo => !silo.Runtime.IsStopping).ToArray();
        return silos.Length > 0
            ? silos[grain.GetUniformHashCode() % (uint)silos.Length].Runtime
            : throw new SiloUnavailableException("No silo of the test cluster runs.");
    }
}
