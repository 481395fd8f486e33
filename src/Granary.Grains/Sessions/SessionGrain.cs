using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Errors;
using Granary.Identity;
using Granary.Serving;
using Granary.Storage;
using Granary.Models;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Sessions;

/// <summary>
/// A conversation. Owns the transcript and at most one running <see cref="Turn"/>, which its state knows of: an activation that finds one there goes on with it.
/// </summary>
[GrainType("session")]
[ServingSilosPlacementFilter]
[OwnZonePlacementFilter]
internal sealed partial class SessionGrain(
    [PersistentState("session", GrainStores.Sessions)] IPersistentState<SessionState> store,
    IReplicaRouter router,
    TurnServices services,
    LocalActivations activations,
    IOptions<SessionsOptions> options,
    TimeProvider timeProvider,
    ILogger<SessionGrain> logger) : TurnOwnerGrain(services, activations), ISessionGrain
{
    private const int MaxMessageIdLength = 100;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private Turn? _turn;
    private Turn? _latest; // the running one, or the last one as long as the log does not tell all about it
    private bool _deleted;
    private int _readers;

    public override bool IsInUse => _turn is not null || _readers > 0;

    protected override Turn? Current => _turn;

    private string Id => OwnedKey.IdOf(this.GetPrimaryKeyString());

    private string Owner => this.GetGrainId().ToString();

    private SessionState State => store.State;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (State.Running is { } running)
        {
            Begin(running);
        }
    }

    public async Task<SessionInfo> CreateAsync(CreateSession request)
    {
        if (State.Info is { } existing)
        {
            return existing;
        }

        CreateSessionRules.Check(request);
        await router.RequireServedAsync(request.Model);
        await GrainErrors.GuardAsync(() => RequireRoomAsync(request.Owner));

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
        await GrainErrors.GuardAsync(() => InIndexesAsync(info, index => index.PutAsync(info)));
        return info;
    }

    public async Task<StartedTurn> SendAsync(SendMessage message)
    {
        var info = Require();
        if (message.MessageId is { } id && id == State.LastMessageId)
        {
            return new StartedTurn(Id, State.NextTurn - 1);
        }

        if (string.IsNullOrWhiteSpace(message.Text))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The message is empty. Say something.", "text");
        }

        if (message.MessageId?.Length > MaxMessageIdLength)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"The message's id is longer than {MaxMessageIdLength} characters.", "id");
        }

        if (_turn is not null)
        {
            throw new GranaryException(ErrorCode.SessionBusy, "The conversation is answering another message. Wait for its end, or stop it.");
        }

        var running = await AdmitAsync(info, message);
        try
        {
            await ChangeAsync(state => state.Begin(running, message, timeProvider.GetUtcNow()));
        }
        catch (GranaryException)
        {
            Services.Quotas.Drop(running.Reservation!);
            throw;
        }

        Begin(running);
        return new StartedTurn(Id, running.Number);
    }

    public async IAsyncEnumerable<TurnEvent> ReadAsync(int turn, int nextIndex, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Require();
        if (nextIndex < 0)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The index of the next token must not be negative.", "nextIndex");
        }

        _readers++;
        try
        {
            var events = _latest is { } latest && latest.Number == turn ? latest.Events.ReadTokensAsync(nextIndex, cancellationToken) : LoggedAsync(turn, nextIndex, cancellationToken);
            await foreach (var item in events)
            {
                yield return item;
            }
        }
        finally
        {
            _readers--;
        }
    }

    public async Task RecoverAsync(int turn)
    {
        if (_turn?.Number == turn)
        {
            return; // it goes on since the activation
        }

        if (turn >= State.NextTurn && !await CatchUpAsync(turn))
        {
            return;
        }

        // All that was to be done is done, but for the log's last line.
        if (State.Info is null)
        {
            await Services.Log.DeleteAsync(Owner, CancellationToken.None);
        }
        else
        {
            var logged = await Services.Log.OpenAsync(new TurnKey(Owner, turn), null, CancellationToken.None);
            if (TurnHeader.FromBytes(logged.Request) is { } header)
            {
                await header.SettleAsync(logged.Frames, Services.Quotas, () => MeasureAsync(turn, header.Model, logged.Frames));
            }

            await Services.Log.CloseAsync(logged.Lease, null, CancellationToken.None);
        }
    }

    /// <summary>Whatever the log forgets must be in the tenant's books.</summary>
    private async Task SettleLastAsync()
    {
        if (State.NextTurn > 0 && await Services.Log.ReadAsync(new TurnKey(Owner, State.NextTurn - 1), CancellationToken.None) is { IsClosed: false })
        {
            await RecoverAsync(State.NextTurn - 1);
        }
    }

    /// <summary>Tokens of the prompt of a reply that is stored; 0 where it is not: a reply without text.</summary>
    private Task<int> MeasureAsync(int turn, string model, IReadOnlyList<TokenFrame> frames)
    {
        var text = string.Concat(frames.Select(frame => frame.Text));
        var reply = State.Messages.FindLastIndex(message => message.Role == ChatRole.Assistant && message.Content == text);
        return reply < 0
            ? Task.FromResult(0)
            : Services.Quotas.MeasureAsync(model, ToRequest(new RunningTurn { Number = turn, Sampling = new SamplingParameters() }, State.Messages[..reply]), CancellationToken.None);
    }

    /// <summary>Reads what another activation wrote: a turn's beginning is stored before the log has it, so this one is out of date.</summary>
    /// <returns>Whether the turn is over.</returns>
    private async Task<bool> CatchUpAsync(int turn)
    {
        if (_turn is not null)
        {
            return false; // the store lets it write nothing more, and it leaves
        }

        await GrainErrors.GuardStoreAsync(() => store.ReadStateAsync());
        if (State.Running is not { } running || running.Number != turn)
        {
            return true;
        }

        Begin(running);
        return false;
    }

    public async Task StopAsync()
    {
        if (_turn is { } turn)
        {
            turn.Stop();
            try
            {
                await turn.Completion.WaitAsync(StopPatience, timeProvider);
            }
            catch (TimeoutException exception)
            {
                throw GrainErrors.Store(exception);
            }
        }
    }

    public Task<SessionHistory> GetHistoryAsync() =>
        Task.FromResult(new SessionHistory { Session = Require(), Messages = [.. State.Messages], IsAnswering = _turn is not null, RunningTurn = _turn?.Number });

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
            await GrainErrors.GuardAsync(() => InIndexesAsync(info, index => index.RemoveAsync(Id)));
            await SettleLastAsync();
            await Services.Log.DeleteAsync(Owner, CancellationToken.None);
            await GrainErrors.GuardStoreAsync(() => store.ClearStateAsync());

            // The activation stays until it is idle for long: a reader of the stopped turn still has its last events to fetch.
            store.State = new SessionState();
            _latest = null;
            Hide();
        }
        finally
        {
            _deleted = false;
        }
    }

    protected override void OnRest(Turn turn)
    {
        if (ReferenceEquals(_latest, turn) && !turn.HasFailed)
        {
            _latest = null;
            Hide();
        }
    }

    /// <summary>Lets the tenant's limits decide about a turn.</summary>
    private async Task<RunningTurn> AdmitAsync(SessionInfo info, SendMessage message)
    {
        var turn = new RunningTurn
        {
            Number = Math.Max(State.NextTurn, info.Turns),
            Sampling = message.Sampling with { Seed = message.Sampling.Seed ?? Random.Shared.NextInt64(int.MaxValue) },
            TraceParent = message.TraceParent,
            Priority = message.Priority,
        };
        var request = ToRequest(turn, [.. State.Messages, new ChatMessage(ChatRole.User, message.Text)]) with { Key = message.Key };
        var (admitted, _) = await Services.Quotas.AdmitAsync(request.Tenant, $"{Owner}#{turn.Number}", info.Model, request, CancellationToken.None);
        return turn with { Sampling = admitted.Sampling, Reservation = admitted.Reservation };
    }

    private GenerateRequest ToRequest(RunningTurn turn, IReadOnlyList<ChatMessage> messages) => new()
    {
        RequestId = $"{Id}/{turn.Number}",
        Tenant = OwnedKey.TenantOf(this.GetPrimaryKeyString()),
        SessionId = Id,
        Messages = Transcript.ToPrompt(messages),
        Sampling = turn.Sampling,
        Reservation = turn.Reservation,
        TraceParent = turn.TraceParent,
        Priority = turn.Priority,
        LastReplica = State.LastReplica,
    };

    /// <summary>Runs a turn that the state knows of; where it ran before, from where the log ends.</summary>
    private void Begin(RunningTurn running)
    {
        var info = State.Info!;
        Turn turn = null!;
        turn = new Turn(
            new TurnPlan
            {
                Owner = this.GetGrainId(),
                Key = new TurnKey(Owner, running.Number),
                SessionId = Id,
                Model = info.Model,
                Request = ToRequest(running, State.Messages),
                Header = running.Reservation is { } reservation ? new TurnHeader(info.Model, reservation).ToBytes() : null,
                Complete = outcome => EndAsync(turn, outcome),
                Left = Leave,
            },
            Services);
        _turn = _latest = turn;
        Start(turn);
    }

    /// <summary>A turn of which only the log knows.</summary>
    private async IAsyncEnumerable<TurnEvent> LoggedAsync(int turn, int nextIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var logged = await Services.Log.ReadAsync(new TurnKey(Owner, turn), cancellationToken)
            ?? throw new GranaryException(ErrorCode.InvalidRequest, $"The conversation has no turn {turn}.", "turn");
        for (var i = 0; i < logged.Frames.Count; i++)
        {
            if (FrameCut.From(new TurnEvent { SessionId = Id, Turn = turn, Frame = logged.Frames[i], Record = i }, nextIndex) is { } rest)
            {
                yield return rest;
            }
        }

        if (logged.Frames is not [.., { FinishReason: not null }])
        {
            throw new GranaryException(ErrorCode.Unavailable, "The reply broke off. What was generated is kept; send a new message.");
        }
    }

    /// <summary>Stores the reply. A turn that failed without output is taken back, so that a message that cannot be answered does not block the conversation.</summary>
    private async Task EndAsync(Turn turn, TurnOutcome outcome)
    {
        await ChangeAsync(state => state.End(outcome, timeProvider.GetUtcNow()));
        if (ReferenceEquals(_turn, turn))
        {
            _turn = null;
        }

        LogTurnEnded(Id, outcome.Number, outcome.Failure?.Code.Name() ?? outcome.Reason.ToString());
        _ = RefreshIndexAsync(); // the reply's last frame does not wait for a list, whose silo may be gone
    }

    /// <summary>Changes and stores the state, or leaves it as it was.</summary>
    private Task ChangeAsync(Action<SessionState> change)
    {
        var after = store.State.Copy();
        change(after);
        return store.ReplaceAsync(after, DeactivateOnIdle);
    }

    private async Task RefreshIndexAsync()
    {
        if (State.Info is not { } info)
        {
            return;
        }

        try
        {
            await InIndexesAsync(info, index => index.PutAsync(info));
        }
        catch (Exception exception)
        {
            LogIndexNotRefreshed(exception, Id);
        }
    }

    // A user's conversations are in a list of his own, which he is shown, and in one of all users of his tenant.
    private Task InIndexesAsync(SessionInfo info, Func<ISessionIndexGrain, Task> change)
    {
        string[] lists = OwnedKey.UserOfOwner(info.Owner) is null ? [info.Owner] : [info.Owner, OwnedKey.UsersOf(OwnedKey.TenantOfOwner(info.Owner))];
        return Task.WhenAll(lists.Select(list => change(GrainFactory.GetGrain<ISessionIndexGrain>(list))));
    }

    // Each new conversation writes the list of all its owner's.
    private async Task RequireRoomAsync(string owner)
    {
        var most = options.Value.MaxPerOwner;
        if (await GrainFactory.GetGrain<ISessionIndexGrain>(owner).CountAsync() >= most)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"There are {most} conversations already; delete some first.");
        }
    }

    private SessionInfo Require() =>
        (_deleted ? null : State.Info) ?? throw new GranaryException(ErrorCode.SessionNotFound, $"There is no conversation '{Id}'. List yours, or create one.", "session");
}
