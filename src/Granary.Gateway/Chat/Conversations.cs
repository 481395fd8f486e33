using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Gateway.Telemetry.Replies;
using Granary.Identity;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Chat;

/// <summary>What callers do with their conversations, over the hub or a plain WebSocket.</summary>
internal sealed class Conversations(IGrainFactory grains, IServedModels served, TurnFollower follower, ReplyTelemetry replies, IOptions<GatewayOptions> options)
{
    private const int MaxIdLength = 100;

    /// <summary>Begins a conversation.</summary>
    public async Task<ChatSession> CreateAsync(Caller caller, CreateChat request, CancellationToken cancellationToken)
    {
        CheckLength(request.System, "system");
        var model = request.Model ?? (await served.ListAsync() is [var first, ..] ? first.Name : null)
            ?? throw new GranaryException(ErrorCode.Unavailable, "No model is loaded yet; try again in a moment.");
        var session = grains.GetGrain<ISessionGrain>(OwnedKey.Of(caller.Owner, Guid.CreateVersion7().ToString("N")));
        var wish = new CreateSession
        {
            Owner = caller.Owner,
            Model = model,
            System = request.System,
            Title = request.Title,
        };
        return ChatSession.From(await follower.CallAsync(() => session.CreateAsync(wish), cancellationToken));
    }

    /// <summary>Says something and gives the reply. Cancelling stops the reply; a connection that is lost leaves it running, to be resumed.</summary>
    /// <param name="caller">Who says it.</param>
    /// <param name="sessionId">Where.</param>
    /// <param name="message">What.</param>
    /// <param name="http">The connection.</param>
    /// <param name="connectionLost">Tells a lost connection from a caller that cancels.</param>
    /// <param name="cancellationToken">The caller cancels, or the connection is lost.</param>
    public IAsyncEnumerable<TurnEvent> Send(Caller caller, string sessionId, SendChat message, HttpContext? http, CancellationToken connectionLost, CancellationToken cancellationToken)
    {
        CheckLength(message.Text, "text");
        if (message.Id?.Length is 0 or > MaxIdLength)
            throw new GranaryException(ErrorCode.InvalidRequest, $"A message's id has 1 to {MaxIdLength} characters.", "id");
        if (message.Priority is < -GenerateRequest.MaxPriority or > GenerateRequest.MaxPriority)
            throw new GranaryException(ErrorCode.InvalidRequest, $"priority must be {-GenerateRequest.MaxPriority} to {GenerateRequest.MaxPriority}; it is {message.Priority}.", "priority");
        var session = Find(caller, sessionId);
        var sampling = message.Sampling?.ToParameters() ?? new();
        var reply = replies.Begin(http, new ReplyRequest { Sampling = sampling, IsStreamed = true, Messages = [new ChatMessage(ChatRole.User, message.Text ?? "")], Conversation = sessionId });
        var request = new SendMessage
        {
            Text = message.Text ?? "",
            Sampling = sampling,
            MessageId = message.Id ?? Guid.CreateVersion7().ToString("N"),
            Key = caller.KeyId ?? "",
            TraceParent = reply.TraceParent,
            Priority = message.Priority,
        };
        return reply.WatchAsync(ReplyAsync(session, request, connectionLost, cancellationToken), cancellationToken);
    }

    /// <summary>A reply from a token on: what there is and what comes. Any number may follow one; cancelling leaves it alone.</summary>
    public IAsyncEnumerable<TurnEvent> Resume(Caller caller, string sessionId, int turn, int nextIndex, CancellationToken cancellationToken)
    {
        if (turn < 0 || nextIndex < 0)
            throw new GranaryException(ErrorCode.InvalidRequest, "turn and nextIndex count from 0.", turn < 0 ? "turn" : "nextIndex");
        return follower.FollowAsync(Find(caller, sessionId), turn, nextIndex, cancellationToken);
    }

    /// <summary>Stops the running reply, if there is one, from any connection.</summary>
    public Task StopAsync(Caller caller, string sessionId, CancellationToken cancellationToken)
    {
        var session = Find(caller, sessionId);
        return follower.CallAsync(session.StopAsync, cancellationToken);
    }

    /// <summary>A conversation of the caller's. Ids are made here; anything else would only wake a grain to say that it is nobody.</summary>
    /// <exception cref="GranaryException">It has no id of ours.</exception>
    public ISessionGrain Find(Caller caller, string id) => Guid.TryParseExact(id, "N", out _)
        ? grains.GetGrain<ISessionGrain>(OwnedKey.Of(caller.Owner, id))
        : throw new GranaryException(ErrorCode.SessionNotFound, "There is no such conversation; List shows those that there are.", "sessionId");

    private async IAsyncEnumerable<TurnEvent> ReplyAsync(
        ISessionGrain session, SendMessage message, CancellationToken connectionLost, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Looked at in the moment of the cancellation, for a client may cancel and hang up at once, and again at the end, which may come before the callback has its turn.
        var isUnwanted = false;
        bool IsUnwanted() => isUnwanted |= cancellationToken.IsCancellationRequested && !connectionLost.IsCancellationRequested;
        using var cancelling = cancellationToken.Register(() => IsUnwanted());
        try
        {
            var started = await follower.CallAsync(() => session.SendAsync(message), cancellationToken);
            await foreach (var item in follower.FollowAsync(session, started.Turn, 0, cancellationToken))
                yield return item;
        }
        finally
        {
            if (IsUnwanted())
                await follower.CallAsync(session.StopAsync, CancellationToken.None);
        }
    }

    private void CheckLength(string? text, string parameter)
    {
        var limit = options.Value.MaxPromptChars;
        if (text?.Length > limit)
            throw new GranaryException(ErrorCode.TooLarge, $"'{parameter}' has {text.Length} characters; at most {limit} are taken.", parameter);
    }
}
