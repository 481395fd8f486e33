using Granary.Gateway.Completions;
using Granary.Gateway.Identity;
using Granary.Gateway.OpenAi.Requests;

namespace Granary.Gateway.OpenAi;

/// <summary>A request for a completion, by whatever way it came.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Id">The id of the completion that is begun, if one is.</param>
/// <param name="Request">What for.</param>
internal sealed record CompletionCall(Caller Caller, CompletionId Id, CompletionRequest Request)
{
    /// <summary>Of the grain that remembers the answer, from <see cref="Idempotency.IdempotencyKey"/>; <see langword="null"/> where none does.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What is wanted of kept answers.</summary>
    public CacheControl Cache { get; init; } = new(true, true);

    /// <summary>The request or, on the hub and the plain WebSocket, the connection.</summary>
    public HttpContext? Http { get; init; }
}
