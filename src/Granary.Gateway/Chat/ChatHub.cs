using Granary.Errors;
using Granary.Gateway.Chat.Messages;
using Granary.Gateway.Identity;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Chat;

/// <summary>Conversations, at <c>/hubs/chat</c>. The contract is written down in docs/CHAT-HUB.md.</summary>
internal sealed class ChatHub(IGrainFactory grains, IServedModels served, IOwnerResolver owners, ChatErrors errors, IOptions<GatewayOptions> options) : Hub
{
    private string Owner => owners.Resolve(Context.User);

    /// <summary>The models that are served.</summary>
    public async Task<ChatModel[]> Models() => [.. (await served.ListAsync()).Select(ChatModel.From)];

    /// <summary>Begins a conversation.</summary>
    public async Task<ChatSession> Create(CreateChat request)
    {
        CheckLength(request.System, "system");
        var model = request.Model ?? (await served.ListAsync() is [var first, ..] ? first.Name : null)
            ?? throw new GranaryException(ErrorCode.Unavailable, "No model is loaded yet; try again in a moment.");
        var session = grains.GetGrain<ISessionGrain>(Guid.CreateVersion7().ToString("N"));
        return ChatSession.From(await session.CreateAsync(new CreateSession
        {
            Owner = Owner,
            Model = model,
            System = request.System,
            Title = request.Title,
        }));
    }

    /// <summary>Says something and streams the reply; cancelling the stream, or leaving, stops it.</summary>
    public IAsyncEnumerable<TurnEvent> Send(string sessionId, SendChat message, CancellationToken cancellationToken)
    {
        CheckLength(message.Text, "text");
        var request = new SendMessage { Text = message.Text ?? "", Sampling = message.Sampling?.ToParameters() ?? new() };
        return errors.GuardAsync(Session(sessionId).SendAsync(request, cancellationToken), cancellationToken);
    }

    /// <summary>Stops the running reply, if there is one, from any connection.</summary>
    public Task Stop(string sessionId) => Session(sessionId).StopAsync();

    /// <summary>A conversation with its messages.</summary>
    public async Task<ChatTranscript> History(string sessionId) => ChatTranscript.From(await Session(sessionId).GetHistoryAsync());

    /// <summary>The caller's conversations, newest first.</summary>
    public async Task<ChatSession[]> List(int skip, int take)
    {
        if (skip < 0 || take is < 1 or > 500)
            throw new GranaryException(ErrorCode.InvalidRequest, "skip must be 0 or more, take 1 to 500.", "take");
        return Array.ConvertAll(await grains.GetGrain<ISessionIndexGrain>(Owner).ListAsync(skip, take), ChatSession.From);
    }

    /// <summary>Forgets a conversation; twice is no error.</summary>
    public Task Delete(string sessionId) => Session(sessionId).DeleteAsync();

    // Ids are made here; anything else would only wake a grain to say that it is nobody.
    private ISessionGrain Session(string id) => Guid.TryParseExact(id, "N", out _)
        ? grains.GetGrain<ISessionGrain>(id)
        : throw new GranaryException(ErrorCode.SessionNotFound, "There is no such conversation; List shows those that there are.", "sessionId");

    private void CheckLength(string? text, string parameter)
    {
        var limit = options.Value.MaxPromptChars;
        if (text?.Length > limit)
            throw new GranaryException(ErrorCode.TooLarge, $"'{parameter}' has {text.Length} characters; at most {limit} are taken.", parameter);
    }
}
