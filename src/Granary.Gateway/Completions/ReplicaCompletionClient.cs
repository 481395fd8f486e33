using Granary.Errors;
using Granary.Gateway.Errors;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>Tries the replicas of a model, the least loaded first, until one starts.</summary>
internal sealed partial class ReplicaCompletionClient(IGrainFactory grains, ILogger<ReplicaCompletionClient> logger) : ICompletionClient
{
    public async Task<Completion> StartAsync(string model, ChatMessage[] messages, SamplingParameters sampling, CancellationToken cancellationToken)
    {
        var replicas = await grains.GetGrain<IModelGrain>(model).GetReplicasAsync();
        if (replicas.Length == 0)
            throw new GranaryException(ErrorCode.ModelNotFound, $"The model '{model}' is not served here; GET /v1/models lists those that are.", "model");

        var requestId = $"chatcmpl-{Guid.CreateVersion7():N}";
        var request = new GenerateRequest { RequestId = requestId, Messages = messages, Sampling = sampling };
        GranaryException? refusal = null;
        foreach (var replica in replicas.OrderBy(replica => replica.Running + replica.Waiting))
        {
            try
            {
                return await StartAsync(replica, request, cancellationToken);
            }
            catch (Exception exception) when (CallerError.From(exception) is { Code: ErrorCode.Overloaded or ErrorCode.Unavailable } error)
            {
                LogRefused(logger, requestId, replica.Silo, error.Code);
                refusal = exception as GranaryException ?? new GranaryException(error.Code, error.Message, innerException: exception);
            }
        }

        throw refusal!;
    }

    private async Task<Completion> StartAsync(ReplicaDescriptor replica, GenerateRequest request, CancellationToken cancellationToken)
    {
        var frames = grains.GetGrain<IShardGrain>(replica.ShardKey).GenerateAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (!await frames.MoveNextAsync())
                throw new InvalidOperationException($"The shard {replica.ShardKey} ended without a frame.");
            return new Completion(request.RequestId, replica, frames);
        }
        catch
        {
            await frames.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(4100, LogLevel.Information, "{RequestId}: the replica on {Silo} refused with {Code}; trying the next")]
    private static partial void LogRefused(ILogger logger, string requestId, string silo, ErrorCode code);
}
