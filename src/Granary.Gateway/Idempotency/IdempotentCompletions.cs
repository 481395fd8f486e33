using Granary.Completions;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Gateway.Following;

namespace Granary.Gateway.Idempotency;

/// <summary>Which completion answers a request that may have come before, at any gateway.</summary>
internal sealed partial class IdempotentCompletions(IGrainFactory grains, TurnFollower follower, ILogger<IdempotentCompletions> logger)
{
    /// <summary>The completion that answers: <paramref name="proposed"/>, or the one that was first.</summary>
    /// <param name="key">From <see cref="IdempotencyKey.Find"/>.</param>
    /// <param name="proposed">The id of a new one.</param>
    /// <param name="digest">Of the request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GranaryException"><c>idempotency_key_reused</c>: it came with another request.</exception>
    public async Task<CompletionId> ClaimAsync(string key, CompletionId proposed, string digest, CancellationToken cancellationToken)
    {
        var claim = await follower.CallAsync(() => grains.GetGrain<IIdempotencyGrain>(key).ClaimAsync(new IdempotencyClaim(proposed.ToString(), digest)), cancellationToken);
        return claim.Digest == digest && CompletionId.TryParse(claim.CompletionId, out var id)
            ? id
            : throw new GranaryException(ErrorCode.IdempotencyKeyReused, $"This {IdempotencyKey.Header} came with another request before; use a new one for a new request.", IdempotencyKey.Header);
    }

    /// <summary>It was refused or broke off: the next request with this key computes anew.</summary>
    public async Task ReleaseAsync(string key, CompletionId id)
    {
        try
        {
            await grains.GetGrain<IIdempotencyGrain>(key).ReleaseAsync(id.ToString());
        }
        catch (Exception exception)
        {
            LogNotReleased(id, exception.Message);
        }
    }

    [LoggerMessage(4120, LogLevel.Warning, "{Id} failed, and its idempotency key still stands for it: {Reason}")]
    private partial void LogNotReleased(CompletionId id, string reason);
}
