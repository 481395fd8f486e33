using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Errors;
using Granary.Identity;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;

namespace Granary.Completions;

/// <summary>A completion for whoever is not on the silo that runs it. It comes up where the completion was begun; where that silo is gone, it has the log's turn go on where it is itself.</summary>
[GrainType(Type)]
[CollectionAgeLimit(Minutes = 2)]
[ServingSilosPlacementFilter]
[NamedSiloPlacementFilter]
[OwnZonePlacementFilter]
internal sealed class CompletionGrain(CompletionRuns runs, LocalActivations activations, LocalDrain drain, TimeProvider time) : Grain, ICompletionGrain, IMovableActivation
{
    public const string Type = "completion";

    private static readonly TimeSpan WhileItRuns = TimeSpan.FromDays(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(250); // a reader's last call, that it has read all, would wake it again

    private CompletionRun? _run; // whoever looks for it shall find it here

    public bool IsInUse => _run is { Turn.Completion.IsCompleted: false } or { Turn.Events.Readers.Absence: null };

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        activations.Add(this);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        activations.Remove(this);
        return Task.CompletedTask;
    }

    // What runs belongs to the silo, not to this activation's scheduler.
    public async Task<RateLimits?> StartAsync(string model, GenerateRequest request, bool isRepeated = false)
    {
        var key = Key;
        var rates = await Task.Run(() => runs.StartAsync(key, model, request, isRepeated));
        Hold(runs.Find(key));
        return rates;
    }

    public async IAsyncEnumerable<TurnEvent> ReadAsync(int nextRecord, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (nextRecord < 0)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, "The number of the next event must not be negative.", "Last-Event-ID");
        }

        var (run, ended) = await FindAsync(cancellationToken);
        if (run is null)
        {
            for (var i = nextRecord; i < ended!.Frames.Count; i++)
            {
                yield return new TurnEvent { SessionId = OwnedKey.IdOf(Key), Turn = 0, Frame = ended.Frames[i], Record = i };
            }

            _ = SleepAsync();
            if (!new GenerationProgress(CompletionHeader.FromBytes(ended.Request!).Request.Choices, ended.Frames).IsComplete)
            {
                throw Turn.BrokenOff();
            }

            yield break;
        }

        await foreach (var item in run.Turn.Events.ReadAsync(nextRecord, cancellationToken))
        {
            yield return item;
        }
    }

    public async Task<string> GetModelAsync()
    {
        var (run, ended) = await FindAsync(CancellationToken.None);
        return run?.Model ?? CompletionHeader.FromBytes(ended!.Request!).Model;
    }

    public async Task StopAsync()
    {
        if (runs.Find(Key) is { Turn: var turn })
        {
            turn.Stop();
            await turn.Completion;
        }
    }

    public Task RecoverAsync(int turn) => FindAsync(CancellationToken.None);

    private async Task<(CompletionRun? Run, LoggedTurn? Ended)> FindAsync(CancellationToken cancellationToken)
    {
        var key = Key;
        try
        {
            var found = await Task.Run(() => runs.FindAsync(key, cancellationToken), cancellationToken);
            Hold(found.Run);
            return found;
        }
        catch (GranaryException exception) when (exception.Code == ErrorCode.CompletionNotFound)
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Stays awake as long as it runs here, and goes with it.</summary>
    private void Hold(CompletionRun? run)
    {
        if (run is not null && run != _run)
        {
            _run = run;
            DelayDeactivation(WhileItRuns);
            run.WhenLeft(Leave);
            _ = RestAsync(run);
        }
    }

    private async Task RestAsync(CompletionRun run)
    {
        await run.Turn.Completion;
        DelayDeactivation(TimeSpan.Zero);
        await run.Turn.Events.Readers.Read;
        await SleepAsync();
    }

    private async Task SleepAsync()
    {
        await Task.Delay(Farewell, time);
        DeactivateOnIdle();
    }

    // From any thread.
    private void Leave()
    {
        if (drain.IsDraining)
        {
            GrainContext.Migrate(null, CancellationToken.None); // not merely deactivated: a call by an address that somebody remembers would wake it here again
        }
        else
        {
            GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The completion goes on elsewhere."), CancellationToken.None);
        }
    }
}
