using Orleans.Runtime;
using Orleans.Runtime.Streaming;
using Orleans.Serialization.Invocation;

namespace Orleans.TestingHost;

/// <summary>Sends the calls of a test cluster's client through the silos by turns, past their outgoing filters; silos that have stopped are passed over.</summary>
internal sealed class TestClusterClient(InProcessTestCluster cluster) : IGrainCallSender
{
    private int _next;

    public async ValueTask<TResult> InvokeAsync<TResult>(GrainReference target, Invokable<TResult> request)
    {
        await Next().Calls.Send(target, request);
        return request.Result;
    }

    public ValueTask InvokeAsync(GrainReference target, Invokable request) => new(Next().Calls.Send(target, request));

    public void InvokeOneWay(GrainReference target, Invokable request) => Next().Calls.SendOneWay(target, request);

    public IAsyncEnumerable<TItem> Enumerate<TItem>(GrainReference target, StreamInvokable<TItem> request) => new RemoteStream<TItem>(target, request);

    public SiloRuntime Next()
    {
        var silos = cluster.Silos;
        for (var tries = 0; tries < silos.Count; tries++)
        {
            var silo = silos[(int)((uint)Interlocked.Increment(ref _next) % (uint)silos.Count)].Runtime;
            if (!silo.IsStopping)
            {
                return silo;
            }
        }

        throw new SiloUnavailableException("No silo of the test cluster runs.");
    }
}
