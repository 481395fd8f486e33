using Granary.Errors;
using Granary.Gateway.Chat;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.OpenAi;
using Granary.Gateway.OpenAi.Requests;
using Granary.Sessions;

namespace Granary.Gateway.Sockets;

/// <summary>What the plain WebSocket can be asked for: conversations and completions, as over the hub.</summary>
internal sealed class SocketCalls
{
    private readonly Conversations _conversations;
    private readonly StreamedCompletions _completions;
    private readonly Dictionary<string, Func<SocketCall, Task<object?>>> _types;

    public SocketCalls(Conversations conversations, StreamedCompletions completions)
    {
        (_conversations, _completions) = (conversations, completions);
        _types = new(StringComparer.Ordinal)
        {
            ["create"] = CreateAsync,
            ["send"] = SendAsync,
            ["resume"] = ResumeAsync,
            ["stop"] = StopAsync,
            ["complete"] = CompleteAsync,
            ["follow"] = FollowAsync,
        };
    }

    /// <summary>What a message's <c>type</c> may be, besides <c>cancel</c>.</summary>
    public IReadOnlyCollection<string> Types => _types.Keys;

    /// <summary>Answers one request, but for the last message, which says that it is done.</summary>
    /// <returns>The result, where there is one.</returns>
    /// <exception cref="GranaryException">It is refused.</exception>
    public Task<object?> AnswerAsync(SocketCall call)
    {
        if (call.Request.Type is not { } type || !_types.TryGetValue(type, out var answer))
            throw new GranaryException(ErrorCode.InvalidRequest, $"'type' must be one of {string.Join(", ", Types)} and cancel.", "type");
        return answer(call);
    }

    private async Task<object?> CreateAsync(SocketCall call) => await _conversations.CreateAsync(call.Caller, call.Request.Chat ?? new CreateChat(), call.Cancelled);

    private Task<object?> SendAsync(SocketCall call)
    {
        var message = call.Request.Message ?? throw Missing("message");
        return WriteAsync(_conversations.Send(call.Caller, SessionId(call), message, call.Http, call.ConnectionLost, call.Cancelled), call);
    }

    private Task<object?> ResumeAsync(SocketCall call) =>
        WriteAsync(_conversations.Resume(call.Caller, SessionId(call), call.Request.Turn, call.Request.NextIndex, call.Cancelled), call);

    private async Task<object?> StopAsync(SocketCall call)
    {
        await _conversations.StopAsync(call.Caller, SessionId(call), call.Cancelled);
        return null;
    }

    private Task<object?> CompleteAsync(SocketCall call)
    {
        var request = call.Request;
        var start = new StartCompletion { Kind = request.Kind, Body = request.Body, IdempotencyKey = request.IdempotencyKey, CacheControl = request.CacheControl };
        return WriteAsync(_completions.CompleteAsync(call.Caller, start, call.Http, call.ConnectionLost, call.Cancelled), call);
    }

    private Task<object?> FollowAsync(SocketCall call) =>
        WriteAsync(_completions.FollowAsync(call.Caller, call.Request.CompletionId ?? throw Missing("completionId"), call.Request.LastEventId, call.Cancelled), call);

    private static async Task<object?> WriteAsync(IAsyncEnumerable<TurnEvent> items, SocketCall call)
    {
        await foreach (var item in items.WithCancellation(call.Cancelled))
            await call.Answer.EventAsync(item, call.Cancelled);
        return null;
    }

    private static async Task<object?> WriteAsync(IAsyncEnumerable<CompletionEvent> items, SocketCall call)
    {
        await foreach (var item in items.WithCancellation(call.Cancelled))
            await call.Answer.EventAsync(item, call.Cancelled);
        return null;
    }

    private static string SessionId(SocketCall call) => call.Request.SessionId ?? throw Missing("sessionId");

    private static GranaryException Missing(string member) => new(ErrorCode.InvalidRequest, $"'{member}' is missing.", member);
}
