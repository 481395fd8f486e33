using Granary.Errors;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.Cluster;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Gateway.OpenAi;
using Granary.Gateway.OpenAi.Requests;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.AspNetCore.SignalR;

namespace Granary.Gateway.Chat;

/// <summary>Conversations and completions, at <c>/hubs/chat</c>. The contract is written down in docs/CHAT-HUB.md.</summary>
internal sealed class ChatHub(
    Conversations conversations, StreamedCompletions completions, IGrainFactory grains, IServedModels served, TurnFollower follower, ClusterGateways gateways, ChatErrors errors) : Hub
{
    private Caller User => Caller.Of(Context.User);

    /// <summary>The models that are served.</summary>
    public async Task<ChatModel[]> Models() => [.. (await served.ListAsync()).Select(ChatModel.From)];

    /// <summary>Where the cluster's gateways are: any of them serves any conversation.</summary>
    public IReadOnlyList<string> Gateways() => gateways.FindLive();

    /// <summary>Begins a conversation.</summary>
    public Task<ChatSession> Create(CreateChat request) => conversations.CreateAsync(User, request, Context.ConnectionAborted);

    /// <summary>Says something and streams the reply. Cancelling the stream stops the reply; a connection that is lost leaves it running, to be resumed.</summary>
    public IAsyncEnumerable<TurnEvent> Send(string sessionId, SendChat message, CancellationToken cancellationToken) =>
        errors.GuardAsync(conversations.Send(User, sessionId, message, Context.GetHttpContext(), Context.ConnectionAborted, cancellationToken), cancellationToken);

    /// <summary>A reply from a token on: what there is and what comes. Any number of connections may follow one; cancelling leaves it alone.</summary>
    public IAsyncEnumerable<TurnEvent> Resume(string sessionId, int turn, int nextIndex, CancellationToken cancellationToken) =>
        errors.GuardAsync(conversations.Resume(User, sessionId, turn, nextIndex, cancellationToken), cancellationToken);

    /// <summary>Stops the running reply, if there is one, from any connection.</summary>
    public Task Stop(string sessionId) => conversations.StopAsync(User, sessionId, Context.ConnectionAborted);

    /// <summary>Begins a completion, as over HTTP, and streams its events. Cancelling the stream stops it, unless it has an idempotency key; a connection that is lost leaves it running, to be followed.</summary>
    public IAsyncEnumerable<CompletionEvent> Complete(StartCompletion request, CancellationToken cancellationToken) =>
        errors.GuardAsync(completions.CompleteAsync(User, request, Context.GetHttpContext(), Context.ConnectionAborted, cancellationToken), cancellationToken);

    /// <summary>The events of a completion behind one that the client had, empty for all: what there is and what comes. Any number may follow one; cancelling leaves it alone.</summary>
    public IAsyncEnumerable<CompletionEvent> Follow(string completionId, string lastEventId, CancellationToken cancellationToken) =>
        errors.GuardAsync(completions.FollowAsync(User, completionId, lastEventId, cancellationToken), cancellationToken);

    /// <summary>A conversation with its messages.</summary>
    public async Task<ChatTranscript> History(string sessionId)
    {
        var session = conversations.Find(User, sessionId);
        return ChatTranscript.From(await follower.CallAsync(session.GetHistoryAsync, Context.ConnectionAborted));
    }

    /// <summary>The caller's conversations, newest first.</summary>
    public async Task<ChatSession[]> List(int skip, int take)
    {
        if (skip < 0 || take is < 1 or > 500)
            throw new GranaryException(ErrorCode.InvalidRequest, "skip must be 0 or more, take 1 to 500.", "take");
        var index = grains.GetGrain<ISessionIndexGrain>(User.Owner);
        return Array.ConvertAll(await follower.CallAsync(() => index.ListAsync(skip, take), Context.ConnectionAborted), ChatSession.From);
    }

    /// <summary>Forgets a conversation; twice is no error.</summary>
    public Task Delete(string sessionId)
    {
        var session = conversations.Find(User, sessionId);
        return follower.CallAsync(session.DeleteAsync, Context.ConnectionAborted);
    }
}
