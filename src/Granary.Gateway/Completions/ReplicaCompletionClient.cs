using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>Generates through the silo's router.</summary>
internal sealed class ReplicaCompletionClient(IReplicaRouter router) : ICompletionClient
{
    public async Task<Completion> StartAsync(string model, ChatMessage[] messages, SamplingParameters sampling, CancellationToken cancellationToken)
    {
        var request = new GenerateRequest { RequestId = $"chatcmpl-{Guid.CreateVersion7():N}", Messages = messages, Sampling = sampling };
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
