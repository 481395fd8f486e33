using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>Generates through the silo's router.</summary>
internal sealed class ReplicaCompletionClient(IReplicaRouter router) : ICompletionClient
{
    public async Task<Completion> StartAsync(string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        var outputs = router.GenerateAsync(model, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            // The router says who answers when the first frame is there.
            if (!await outputs.MoveNextAsync() || outputs.Current.Replica is not { } replica)
                throw new InvalidOperationException("The router did not say who answers.");
            return new Completion(request.RequestId, replica, outputs);
        }
        catch
        {
            await outputs.DisposeAsync();
            throw;
        }
    }
}
