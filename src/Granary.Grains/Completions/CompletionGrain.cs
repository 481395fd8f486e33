using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Errors;
using Granary.Identity;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;
using Microsoft.Extensions.Options;

namespace Granary.Completions;

/// <summary>A generation whose request and tokens are in the log alone: an activation that finds it unfinished there goes on with it.</summary>
[GrainType("completion")]
[CollectionAgeLimit(Minutes = 2)]
[ServingSilosPlacementFilter]
[OwnZonePlacementFilter]
internal sealed class CompletionGrain(
    TurnServices services, LocalActivations activations, IOptions<CompletionsOptions> options) : TurnOwnerGrain(services, activations), ICompletionGrain
{
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(250);

    private Turn? _turn;
    private bool _isReadFromElsewhere;
    private string? _model;
    private RateLimits? _rates;
    private IGrainTimer? _abandoned;

    public override bool IsInUse => _turn is { Completion.IsCompleted: false } or { Events.Readers.Absence: null };

    protected override Turn? Current => _turn;

    private string Id => OwnedKey.IdOf(this.GetPrimaryKeyString());

    private TurnKey Key => new(this.GetGrainId().ToString(), 0);

    public async Task<RateLimits?> StartAsync(string model, GenerateRequest request, bool isRepeated = false)
    {
        if (_turn is null && isRepeated && await Services.Log.ReadAsync(Key, CancellationToken.None) is { Request: { } known })
        {
            Begin(CompletionHeader.FromBytes(known), known);
        }

        if (_turn is null)
        {
            var sampling = request.Sampling with { Seed = request.Sampling.Seed ?? Random.Shared.NextInt64(int.MaxValue) };
            request = request with { Sampling = sampling, Tenant = OwnedKey.TenantOf(this.GetPrimaryKeyString()) };
            (request, _rates) = await Services.Quotas.AdmitAsync(request.Tenant, $"{this.GetGrainId()}#0", model, request, CancellationToken.None);
            var header = new CompletionHeader(model, request);
            Begin(header, header.ToBytes());
        }

        var turn = _turn!;
        turn.Events.Readers.Enter(); // who waits for the first word has not left, however long the prompt is
        try
        {
            await turn.Accepted;
            return _rates;
        }
        finally
        {
            turn.Events.Readers.Leave();
        }
    }

    public async IAsyncEnumerable<TurnEvent> ReadAsync(int nextRecord, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (nextRecord < 0)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The number of the next event must not be negative.", "Last-Event-ID");
        }

        _isReadFromElsewhere = true;
        if (_turn is null && await FindAsync(cancellationToken) is { IsClosed: true } logged)
        {
            for (var i = nextRecord; i < logged.Frames.Count; i++)
            {
                yield return new TurnEvent { SessionId = Id, Turn = 0, Frame = logged.Frames[i], Record = i };
            }

            DeactivateOnIdle();
            var choices = CompletionHeader.FromBytes(logged.Request!).Request.Choices;
            if (!new GenerationProgress(choices, logged.Frames).IsComplete)
            {
                throw Turn.BrokenOff();
            }

            yield break;
        }

        await foreach (var item in _turn!.Events.ReadAsync(nextRecord, cancellationToken))
        {
            yield return item;
        }
    }

    public async Task<string> GetModelAsync() =>
        _model ?? CompletionHeader.FromBytes((await FindAsync(CancellationToken.None)).Request!).Model;

    public async Task StopAsync()
    {
        if (_turn is { } turn)
        {
            turn.Stop();
            await turn.Completion;
        }
    }

    public async Task RecoverAsync(int turn)
    {
        if (_turn is null)
        {
            await FindAsync(CancellationToken.None);
        }
    }

    protected override void OnRest(Turn turn)
    {
        _abandoned?.Dispose();
        _ = SleepWhenReadAsync(turn);
    }

    /// <summary>A busy silo answers a million of them an hour: what has ended and was read is in the log, and of no use here.</summary>
    private async Task SleepWhenReadAsync(Turn turn)
    {
        await turn.Events.Readers.Read;
        if (_isReadFromElsewhere)
        {
            await Task.Delay(Farewell, Services.Time); // a reader's last call, that it has read all, would wake it again
        }

        DeactivateOnIdle();
    }

    /// <summary>What the log has; if it has not ended, it goes on from here.</summary>
    private async Task<LoggedTurn> FindAsync(CancellationToken cancellationToken)
    {
        var logged = await Services.Log.ReadAsync(Key, cancellationToken);
        if (logged?.Request is not { } header)
        {
            DeactivateOnIdle();
            throw new GranaryException(ErrorCode.CompletionNotFound, "There is no such completion, or it ended too long ago.");
        }

        if (!logged.IsClosed && _turn is null)
        {
            Begin(CompletionHeader.FromBytes(header), header);
        }

        return logged;
    }

    private void Begin(CompletionHeader completion, byte[] header)
    {
        var turn = _turn = new Turn(
            new TurnPlan
            {
                Key = Key,
                SessionId = Id,
                Model = completion.Model,
                Request = completion.Request,
                Header = header,
                Read = static first => CompletionHeader.FromBytes(first).Request,
                Keep = options.Value.Keep,
                Complete = _ => Task.CompletedTask,
                Left = Leave,
            },
            Services);
        _model = completion.Model;
        _abandoned = completion.Request.RunsUnread ? null : this.RegisterGrainTimer(StopIfAbandonedAsync, new GrainTimerCreationOptions { DueTime = TimeSpan.FromSeconds(1), Period = TimeSpan.FromSeconds(1), Interleave = true });
        Start(turn);
    }

    private Task StopIfAbandonedAsync(CancellationToken cancellationToken)
    {
        if (_turn is { } turn && turn.Events.Readers.Absence >= options.Value.AbandonAfter)
        {
            turn.Stop();
        }

        return Task.CompletedTask;
    }
}
