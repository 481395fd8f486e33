using Granary.Sessions;

namespace Granary.Turns;

/// <summary>A grain that runs a turn at a time: it stays awake while one runs, and lets it go, for another activation to go on with, when it goes itself.</summary>
internal abstract class TurnOwnerGrain(TurnServices services, LocalActivations activations) : Grain, IMovableActivation
{
    private static readonly TimeSpan WhileItRuns = TimeSpan.FromDays(1);

    private Turn? _shown; // to this silo's readers

    public abstract bool IsInUse { get; }

    /// <summary>What turns need from the silo.</summary>
    protected TurnServices Services => services;

    /// <summary>The turn to let go of; <see langword="null"/> where none runs.</summary>
    protected abstract Turn? Current { get; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        activations.Add(this);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        activations.Remove(this);
        Hide();
        if (Current is { } turn)
        {
            await turn.DetachAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>Starts a turn and keeps the activation awake until it has ended or left.</summary>
    protected void Start(Turn turn)
    {
        DelayDeactivation(WhileItRuns);
        Hide();
        _shown = turn;
        services.Reader.Add(turn);
        turn.Start();
        _ = RestAsync(turn);
    }

    /// <summary>Lets go of a turn that readers find in the log, or not at all.</summary>
    protected void Hide()
    {
        if (_shown is { } turn)
        {
            services.Reader.Remove(turn);
            _shown = null;
        }
    }

    /// <summary>For <see cref="TurnPlan.Left"/>: gives the activation up, and shows the turn no longer.</summary>
    /// <remarks>From a silo that is being emptied to a certain other one: a call by an address that somebody remembers would wake it here again.</remarks>
    protected void Leave()
    {
        Hide();
        if (services.Drain.IsDraining)
        {
            MigrateOnIdle();
        }
        else
        {
            DeactivateOnIdle();
        }
    }

    /// <summary>A turn has ended, its outcome stored, or has left.</summary>
    protected abstract void OnRest(Turn turn);

    private async Task RestAsync(Turn turn)
    {
        await turn.Completion;
        DelayDeactivation(TimeSpan.Zero);
        OnRest(turn);
    }
}
