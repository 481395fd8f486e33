using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Serving;
using Granary.Storage;
using Granary.Models;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement.Filtering;

namespace Granary.Sessions;

/// <summary>A conversation. Owns the transcript and at most one running <see cref="Turn"/>.</summary>
[GrainType("session")]
[PreferredMatchSiloMetadataPlacementFilter(["zone"])]
internal sealed partial class SessionGrain(
    [PersistentState("session", GrainStores.Sessions)] IPersistentState<SessionState> store,
    IReplicaRouter router,
    TimeProvider timeProvider,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private Turn? _turn;
    private bool _deleted;

    private string Id => this.GetPrimaryKeyString();

    private SessionState State => store.State;

    public async Task<SessionInfo> CreateAsync(CreateSession request)
    {
        if (State.Info is { } existing)
        {
            return existing;
        }

        CreateSessionRules.Check(request);
        await router.RequireServedAsync(request.Model);

        var now = timeProvider.GetUtcNow();
        var info = new SessionInfo
        {
            Id = Id,
            Owner = request.Owner,
            Model = request.Model,
            Title = string.IsNullOrWhiteSpace(request.Title) ? SessionTitle.Empty : SessionTitle.From(request.Title),
            CreatedAt = now,
            UpdatedAt = now,
            Turns = 0,
        };
        await ChangeAsync(state =>
        {
            state.Info = info;
            state.Messages = string.IsNullOrWhiteSpace(request.System) ? [] : [new ChatMessage(ChatRole.System, request.System)];
        });
        await GrainErrors.GuardAsync(() => Index(info).PutAsync(info));
        return info;
    }

    public async IAsyncEnumerable<TurnEvent> SendAsync(SendMessage message, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var info = Require();
        if (string.IsNullOrWhiteSpace(message.Text))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The message is empty. Say something.", "text");
        }

        if (_turn is not null)
        {
            throw new GranaryException(ErrorCode.SessionBusy, "The conversation is answering another message. Wait for its end, or stop it.");
        }

        // Taken before the first await, so that a second call cannot pass the check above.
        var turn = _turn = new Turn(Id, info.Turns);
        try
        {
            await BeginAsync(message.Text);
        }
        catch
        {
            Drop(turn);
            turn.Abandon();
            throw;
        }

        var request = new GenerateRequest
        {
            RequestId = $"{Id}/{turn.Number}",
            SessionId = Id,
            Messages = Transcript.ToPrompt(State.Messages),
            Sampling = message.Sampling,
        };
        turn.Start(token => router.GenerateAsync(info.Model, request, token), outcome => EndAsync(turn, outcome));
        try
        {
            await foreach (var item in turn.ReadAsync(0, cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            // The reader left or saw the end. Whoever waits for this enumeration to be disposed of then knows that the reply is stored.
            turn.Stop();
            await turn.Completion;
        }
    }

    public async Task StopAsync()
    {
        if (_turn is { } turn)
        {
            turn.Stop();
            await turn.Completion;
        }
    }

    public Task<SessionHistory> GetHistoryAsync() =>
        Task.FromResult(new SessionHistory { Session = Require(), Messages = [.. State.Messages], IsAnswering = _turn is not null });

    public async Task DeleteAsync()
    {
        if (State.Info is not { } info)
        {
            return;
        }

        // Refuses turns from here on; without it one could begin while the entry is being removed.
        _deleted = true;
        try
        {
            await StopAsync();
            await GrainErrors.GuardAsync(() => Index(info).RemoveAsync(Id));
            await GrainErrors.GuardStoreAsync(() => store.ClearStateAsync());

            // The activation stays until it is idle for long: a reader of the stopped turn still has its last events to fetch.
            store.State = new SessionState();
        }
        finally
        {
            _deleted = false;
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_turn is { } turn)
        {
            turn.Stop();
            await turn.Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>Stores the user's message.</summary>
    private Task BeginAsync(string text) => ChangeAsync(state =>
    {
        var info = state.Info!;
        state.Messages.Add(new ChatMessage(ChatRole.User, text));
        state.Info = info with
        {
            Turns = info.Turns + 1,
            Title = info.Turns == 0 && info.Title == SessionTitle.Empty ? SessionTitle.From(text) : info.Title,
            UpdatedAt = timeProvider.GetUtcNow(),
        };
    });

    /// <summary>Stores the reply. A turn that failed without output is taken back, so that a message that cannot be answered does not block the conversation.</summary>
    private async Task EndAsync(Turn turn, TurnOutcome outcome)
    {
        try
        {
            if (outcome.Text.Length > 0)
            {
                await ChangeAsync(state =>
                {
                    state.Messages.Add(new ChatMessage(ChatRole.Assistant, outcome.Text));
                    state.Info = state.Info! with { UpdatedAt = timeProvider.GetUtcNow() };
                });
            }
            else if (outcome.Failure is not null)
            {
                await ChangeAsync(state =>
                {
                    state.Messages.RemoveAt(state.Messages.Count - 1);
                    state.Info = state.Info! with { Turns = outcome.Number };
                });
            }

            LogTurnEnded(Id, outcome.Number, outcome.Failure?.Code.Name() ?? outcome.Reason.ToString());
        }
        catch (GranaryException exception)
        {
            LogReplyNotStored(exception, Id, outcome.Number);
            throw;
        }
        finally
        {
            Drop(turn);
        }

        await RefreshIndexAsync();
    }

    private void Drop(Turn turn)
    {
        if (ReferenceEquals(_turn, turn))
        {
            _turn = null;
        }
    }

    /// <summary>Changes and stores the state, or leaves it as it was.</summary>
    private async Task ChangeAsync(Action<SessionState> change)
    {
        var before = store.State;
        var after = before.Copy();
        change(after);
        store.State = after;
        try
        {
            await GrainErrors.GuardStoreAsync(() => store.WriteStateAsync());
        }
        catch (GranaryException exception)
        {
            store.State = before;
            if (GrainErrors.IsStale(exception))
            {
                DeactivateOnIdle();
            }

            throw;
        }
    }

    private async Task RefreshIndexAsync()
    {
        if (State.Info is not { } info)
        {
            return;
        }

        try
        {
            await Index(info).PutAsync(info);
        }
        catch (Exception exception)
        {
            LogIndexNotRefreshed(exception, Id);
        }
    }

    private ISessionIndexGrain Index(SessionInfo info) => GrainFactory.GetGrain<ISessionIndexGrain>(info.Owner);

    private SessionInfo Require() =>
        (_deleted ? null : State.Info) ?? throw new GranaryException(ErrorCode.SessionNotFound, $"There is no conversation '{Id}'. List yours, or create one.", "session");
}
