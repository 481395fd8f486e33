using Granary.Sessions;

namespace Granary.Completions;

/// <summary>
/// Remembers which completion a caller's idempotency key stands for (key: a hash of it below its owner, by <see cref="Identity.OwnedKey"/>), as long as a completion is kept, counted from
/// the first request.
/// </summary>
[Alias("granary.idempotency")]
public interface IIdempotencyGrain : ITurnOwner
{
    /// <summary>What the key stands for, from now on if it stood for nothing. What is returned is stored.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>; claiming again is right.</exception>
    [Alias("Claim")]
    Task<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim);

    /// <summary>The completion was refused or broke off: the key stands for nothing again, unless it stands for another one by now.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("Release")]
    Task ReleaseAsync(string completionId);
}
