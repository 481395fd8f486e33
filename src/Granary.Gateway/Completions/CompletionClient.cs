using Granary.Completions;
using Granary.Errors;
using Granary.Gateway.Following;
using Granary.Identity;
using Granary.Serving;

namespace Granary.Gateway.Completions;

/// <summary>Begins completions, and finds them again from any gateway.</summary>
internal sealed partial class CompletionClient(IGrainFactory grains, ILocalCompletions local, TurnFollower follower, ILogger<CompletionClient> logger)
{
    /// <summary>Starts, and returns when a replica has taken it, so that refusals come before anything is sent.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="model">Who is to answer.</param>
    /// <param name="request">What is to be generated.</param>
    /// <param name="isRepeated">Whether it may have been started before, maybe at another gateway: then it goes on as it was.</param>
    /// <param name="cancellationToken">Gives up; what runs is stopped, unless it is to run unread.</param>
    /// <exception cref="GranaryException">The model is not served, the prompt does not fit, queues are full.</exception>
    public async Task<Completion> StartAsync(string owner, CompletionId id, string model, GenerateRequest request, bool isRepeated, CancellationToken cancellationToken)
    {
        var reached = Reach(owner, id);
        // Chosen here, so that a repeated call asks for the same.
        var sampling = request.Sampling with { Seed = request.Sampling.Seed ?? Random.Shared.NextInt64(int.MaxValue) };
        var seeded = request with { RequestId = id.ToString(), Sampling = sampling };
        try
        {
            var rates = await follower.CallAsync(
                () =>
                {
                    var call = reached.StartAsync(model, seeded, isRepeated);
                    isRepeated = true;
                    return call;
                },
                cancellationToken);
            return new Completion(id, model, reached, follower) { Rates = rates };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !request.RunsUnread)
        {
            await StopAsync(reached, id); // the caller left without having learnt the id
            throw;
        }
    }

    /// <summary>One that was started before, maybe at another gateway.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="text">Its id.</param>
    /// <param name="kind">Of which kind it must be; <see langword="null"/>: of any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GranaryException"><c>completion_not_found</c>.</exception>
    public async Task<Completion> FindAsync(string owner, string text, CompletionKind? kind, CancellationToken cancellationToken)
    {
        if (!CompletionId.TryParse(text, out var id) || (kind ?? id.Kind) != id.Kind)
            throw new GranaryException(ErrorCode.CompletionNotFound, "There is no such completion.", "id");
        var reached = Reach(owner, id);
        var model = await follower.CallAsync(reached.GetModelAsync, cancellationToken);
        return new Completion(id, model, reached, follower);
    }

    private ReachedCompletion Reach(string owner, CompletionId id) => new(OwnedKey.Of(owner, id.ToString()), local, grains);

    private async Task StopAsync(ReachedCompletion reached, CompletionId id)
    {
        try
        {
            await reached.StopAsync();
        }
        catch (Exception exception)
        {
            LogNotStopped(id, GrainErrors.Translate(exception).Message);
        }
    }

    [LoggerMessage(4110, LogLevel.Information, "{Id} stops by itself, since it could not be told to: {Reason}")]
    private partial void LogNotStopped(CompletionId id, string reason);
}
