using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Chat;

namespace Granary.Gateway.Sockets;

/// <summary>Reads requests from messages.</summary>
internal static class SocketRequests
{
    private const int MaxIdLength = 100;

    // Far more than is taken, so that what is too deep is refused under its id.
    private const int MaxDepth = 1000;

    /// <summary>A message's JSON, and the id by which whatever is wrong with the rest can be told.</summary>
    /// <exception cref="GranaryException">It is no JSON object, or has no id.</exception>
    public static (string Id, JsonElement Message) Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            var root = JsonElement.Parse(message.Span, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (root.ValueKind != JsonValueKind.Object)
                throw NoMessage();
            if (root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 and <= MaxIdLength } text)
                return (text, root);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter of half a surrogate pair
        {
            throw NoMessage();
        }

        throw new GranaryException(ErrorCode.InvalidRequest, $"Every message has an 'id' of 1 to {MaxIdLength} characters.", "id");
    }

    /// <summary>What it asks for.</summary>
    /// <exception cref="GranaryException">A member has another type than docs/CHAT-HUB.md says; it is named.</exception>
    public static SocketRequest Read(JsonElement message)
    {
        try
        {
            return message.Deserialize<SocketRequest>(ChatJson.Options)!;
        }
        catch (JsonException exception)
        {
            var member = exception.Path is ['$', '.', .. var path] ? path : null;
            throw new GranaryException(
                ErrorCode.InvalidRequest, $"{(member is null ? "A member" : $"'{member}'")} is not what docs/CHAT-HUB.md says: it has another type, or a value that there is not.", member, exception);
        }
    }

    private static GranaryException NoMessage() => new(ErrorCode.InvalidRequest, "A message must be a JSON object as docs/CHAT-HUB.md describes it.");
}
