using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Granary.Gateway.Chat;
using Granary.Gateway.Errors;
using Granary.Gateway.OpenAi;
using Granary.Sessions;

namespace Granary.Gateway.Sockets;

/// <summary>Writes answers, whole messages one after another. A slow reader holds up those who write to it.</summary>
/// <param name="socket">The connection.</param>
/// <param name="id">The request's id.</param>
/// <param name="turn">Held by the one who writes.</param>
/// <param name="connectionLost">Ends a message that is being sent. Nothing else may: a message that is cut aborts the connection, and with it all that runs there.</param>
internal sealed class SocketWriter(WebSocket socket, string id, SemaphoreSlim turn, CancellationToken connectionLost)
{
    /// <summary>An event of a conversation.</summary>
    public Task EventAsync(TurnEvent item, CancellationToken cancellationToken) => WriteAsync(json => Member(json, "event", item), cancellationToken);

    /// <summary>An event of a completion, with its id, by which it can be followed from there.</summary>
    public Task EventAsync(CompletionEvent item, CancellationToken cancellationToken) => WriteAsync(item.WriteMembers, cancellationToken);

    /// <summary>The end, with a result where there is one.</summary>
    /// <param name="result">The result.</param>
    /// <param name="ended">Called before the client can know of it.</param>
    public Task DoneAsync(object? result, Action ended) => WriteAsync(
        json =>
        {
            json.WriteBoolean("done", true);
            if (result is not null)
                Member(json, "result", result);
        },
        connectionLost,
        ended);

    /// <summary>The end, by an error.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="ended">Called before the client can know of it.</param>
    public Task ErrorAsync(CallerError error, Action? ended = null) => WriteAsync(
        json =>
        {
            json.WritePropertyName("error");
            JsonSerializer.Serialize(json, OpenAiErrorBody.From(error).Error, OpenAiJson.Default.Details);
        },
        connectionLost,
        ended);

    // What has ended ends in the writer's turn and no earlier: a client that never reads could else begin any number of requests whose last message waits.
    private async Task WriteAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken, Action? ended = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            write(json);
            json.WriteEndObject();
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            ended?.Invoke();
            await socket.SendAsync(buffer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, connectionLost);
        }
        finally
        {
            turn.Release();
        }
    }

    private static void Member<T>(Utf8JsonWriter json, string name, T value)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, ChatJson.Options);
    }
}
