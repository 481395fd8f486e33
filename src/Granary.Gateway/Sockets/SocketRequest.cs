using System.Text.Json;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.Completions;

namespace Granary.Gateway.Sockets;

/// <summary>What a client sends over the plain WebSocket; docs/CHAT-HUB.md has the contract.</summary>
internal sealed record SocketRequest
{
    /// <summary>Chosen by the client; all that answers it has it, too.</summary>
    public string? Id { get; init; }

    /// <summary>create, send, resume, stop, complete, follow or cancel.</summary>
    public string? Type { get; init; }

    /// <summary>A conversation, for send, resume and stop.</summary>
    public string? SessionId { get; init; }

    /// <summary>What is said, for send.</summary>
    public SendChat? Message { get; init; }

    /// <summary>What is begun, for create.</summary>
    public CreateChat? Chat { get; init; }

    /// <summary>A turn, for resume.</summary>
    public int Turn { get; init; }

    /// <summary>Index of the first token that the client lacks, for resume.</summary>
    public int NextIndex { get; init; }

    /// <summary>chat or text, for complete.</summary>
    public CompletionKind Kind { get; init; }

    /// <summary>The body of a request to <c>/v1/chat/completions</c> or <c>/v1/completions</c>, for complete.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>As the header of that name, for complete.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>As the header of that name, for complete.</summary>
    public string? CacheControl { get; init; }

    /// <summary>The id of a completion, for follow.</summary>
    public string? CompletionId { get; init; }

    /// <summary>The last event that the client had, for follow.</summary>
    public string? LastEventId { get; init; }
}
