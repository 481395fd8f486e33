using Granary.Errors;
using Granary.Gateway.Chat;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.Completions;
using Granary.Gateway.Identity;
using Granary.Gateway.OpenAi;
using Granary.Gateway.OpenAi.Requests;
using Granary.Gateway.Telemetry.Replies;
using Granary.Sessions;
using Microsoft.Extensions.Options;
using EventId = Granary.Gateway.OpenAi.EventId;

namespace Granary.Gateway.Sockets;

/// <summary>What the plain WebSocket can be asked for: conversations as over the hub, completions as over HTTP.</summary>
internal sealed class SocketCalls(Conversations conversations, CompletionClient completions, ReplyTelemetry replies, IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Answers one request to its end.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">What.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <param name="connectionLost">Tells a lost connection from a client that cancels.</param>
    /// <param name="cancellationToken">The client cancels, or the connection is lost.</param>
    /// <exception cref="GranaryException">It is refused.</exception>
    public async Task AnswerAsync(Caller caller, SocketRequest request, SocketWriter answer, CancellationToken connectionLost, CancellationToken cancellationToken)
    {
        switch (request.Type)
        {
            case "create":
                await answer.DoneAsync(await conversations.CreateAsync(caller, request.Chat ?? new CreateChat(), cancellationToken), cancellationToken);
                return;
            case "send":
                var message = request.Message ?? throw Missing("message");
                await WriteAsync(conversations.Send(caller, SessionId(request), message, connectionLost, cancellationToken), answer, cancellationToken);
                break;
            case "resume":
                await WriteAsync(conversations.Resume(caller, SessionId(request), request.Turn, request.NextIndex, cancellationToken), answer, cancellationToken);
                break;
            case "stop":
                await conversations.StopAsync(caller, SessionId(request), cancellationToken);
                break;
            case "complete":
                await CompleteAsync(caller, request, answer, connectionLost, cancellationToken);
                break;
            case "follow":
                var completion = await completions.FindAsync(caller.Owner, CompletionKind.Chat, request.CompletionId ?? throw Missing("completionId"), cancellationToken);
                await WriteAsync(completion, EventId.Parse(request.LastEventId), answer, cancellationToken);
                break;
            default:
                throw new GranaryException(ErrorCode.InvalidRequest, "'type' must be one of create, send, resume, stop, complete, follow and cancel.", "type");
        }

        await answer.DoneAsync<object>(null, cancellationToken);
    }

    private async Task CompleteAsync(Caller caller, SocketRequest request, SocketWriter answer, CancellationToken connectionLost, CancellationToken cancellationToken)
    {
        var asked = ChatCompletionReader.Read(request.Body ?? throw Missing("body"), options.Value).ToCompletion();
        var id = CompletionId.New(asked.Kind, asked.Generate.Layout, asked.IncludeUsage, time);
        using var reply = replies.Begin(null, asked.Describe(id));
        var generate = asked.Generate with { RequestId = id.ToString(), Key = caller.KeyId ?? "", TraceParent = reply.TraceParent };
        var started = await reply.BeginAsync(() => completions.StartAsync(caller.Owner, id, asked.Model, generate, isRepeated: false, cancellationToken));
        var completion = started.WatchedBy(reply);
        try
        {
            await WriteAsync(completion, EventId.None, answer, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !connectionLost.IsCancellationRequested)
        {
            await completion.StopAsync();
            throw;
        }
    }

    private static async Task WriteAsync(IAsyncEnumerable<TurnEvent> items, SocketWriter answer, CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken))
            await answer.EventAsync(item, cancellationToken);
    }

    private static async Task WriteAsync(Completion completion, EventId last, SocketWriter answer, CancellationToken cancellationToken)
    {
        var events = ICompletionEvents.For(completion.Id, completion.Model);
        await foreach (var item in completion.ReadAsync(cancellationToken))
        {
            var part = 0;
            foreach (var data in events.Of(item.Frame!))
            {
                var id = new EventId(item.Record, ++part);
                if (id > last && !data.AsSpan().SequenceEqual("[DONE]"u8))
                    await answer.EventAsync(id, data, cancellationToken);
            }
        }
    }

    private static string SessionId(SocketRequest request) => request.SessionId ?? throw Missing("sessionId");

    private static GranaryException Missing(string member) => new(ErrorCode.InvalidRequest, $"'{member}' is missing.", member);
}
