using Granary.Clustering;
using Granary.Errors;
using Granary.Gateway.Chat;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.Errors;
using Granary.Gateway.OpenAi;
using Granary.Gateway.OpenAi.Requests;
using Granary.Sessions;

namespace Granary.Gateway.Sockets;

/// <summary>What the plain WebSocket can be asked for: conversations and completions, as over the hub.</summary>
internal sealed partial class SocketCalls
{
    private readonly Conversations _conversations;
    private readonly StreamedCompletions _completions;
    private readonly ISiloDrain _drain;
    private readonly ILogger<SocketCalls> _logger;
    private readonly Dictionary<string, Func<SocketCall, Task<object?>>> _types;

    public SocketCalls(Conversations conversations, StreamedCompletions completions, ISiloDrain drain, ILogger<SocketCalls> logger)
    {
        (_conversations, _completions, _drain, _logger) = (conversations, completions, drain, logger);
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
        if (type is "send" or "complete" && _drain.SendsAway)
            throw new GranaryException(ErrorCode.Unavailable, "This gateway is being emptied. Connect to another one.");
        return answer(call);
    }

    /// <summary>What a caller is told of a failure. Where it is a bug, the log has it.</summary>
    public CallerError Tell(Exception exception)
    {
        var error = CallerError.From(exception);
        if (error.Code == ErrorCode.Internal)
            LogFailure(exception);
        return error;
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

    [LoggerMessage(4210, LogLevel.Error, "A request over a WebSocket failed")]
    private partial void LogFailure(Exception exception);

    private static string SessionId(SocketCall call) => call.Request.SessionId ?? throw Missing("sessionId");

    private static GranaryException Missing(string member) => new(ErrorCode.InvalidRequest, $"'{member}' is missing.", member);
}
