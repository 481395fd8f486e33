using System.Text.Json;
using Granary.Gateway.Completions;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A completion that is asked for over the hub or the plain WebSocket; docs/CHAT-HUB.md has the contract.</summary>
internal sealed record StartCompletion
{
    /// <summary>Chat, unless it is said otherwise.</summary>
    public CompletionKind Kind { get; init; }

    /// <summary>The body of a request to <c>/v1/chat/completions</c> or, of plain text, to <c>/v1/completions</c>.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>As the header <c>Idempotency-Key</c>.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>As the header <c>Cache-Control</c>.</summary>
    public string? CacheControl { get; init; }
}
