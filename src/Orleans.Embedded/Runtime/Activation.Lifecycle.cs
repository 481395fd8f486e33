using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Timers;
using Orleans.Runtime.Messaging;
using Orleans.Runtime.Persistence;

namespace Orleans.Runtime;

/// <summary>How an activation comes up and goes down.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RehydrationContext? _rehydration;
    private List<IPersistentStateHolder>? _states;
    private AsyncServiceScope? _scope;
    private ActivationState _state;
    private DeactivationReason? _deactivation;
    private SiloAddress? _migrateTo;
    private SiloAddress? _forwardTo;

    public IServiceProvider ActivationServices => (_scope ??= Silo.Services.CreateAsyncScope()).ServiceProvider;

    public Task Deactivated => _deactivated.Task;

    /// <summary>True when this activation became the grain's, false when another one was there already or the directory failed.</summary>
    public Task<bool> Registered => _registered.Task;

    /// <summary>Whether the directory has confirmed it; what a new owner of its range is told.</summary>
    public bool IsRegistered { get; set; }

    /// <summary>Whether it has nothing more to do than to end.</summary>
    public bool IsEnding
    {
        get
        {
            lock (_lock)
            {
                return _state is ActivationState.Deactivating or ActivationState.Invalid;
            }
        }
    }

    public void Add(IPersistentStateHolder state) => (_states ??= []).Add(state);

    /// <summary>Begins to come up. Called once, by whoever put the activation into the catalogue.</summary>
    public void Begin(Dictionary<string, object>? context) => Scheduler.Run(_ => _ = ActivateAsync(context), null);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_deactivation is not null || _state is ActivationState.Deactivating or ActivationState.Invalid)
            {
                return;
            }

            _deactivation = deactivationReason;
            if (_running.Count > 0)
            {
                _ = GiveUpWaitingAsync();
            }

            Pump();
        }
    }

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        Scheduler.Run(_ => _ = MigrateAsync(requestContext), null);

    /// <summary>Ends without a word to anybody, as when the process dies.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _state = ActivationState.Invalid;
            _waiting.Clear();
            _timers.ForEach(static timer => timer.Stop());
            _streams?.Abandon();
        }

        _deactivated.TrySetResult();
    }

    private async Task MigrateAsync(Dictionary<string, object>? requestContext)
    {
        var target = await Silo.Placement.FindMigrationTargetAsync(GrainId, requestContext);
        if (target is null || target.Equals(Silo.Address) || Info.IsStatelessWorker)
        {
            return;
        }

        lock (_lock)
        {
            if (_deactivation is not null)
            {
                return;
            }

            _migrateTo = target;
        }

        Deactivate(new(DeactivationReasonCode.Migrating, $"Goes on at {target}."));
    }

    private async Task ActivateAsync(Dictionary<string, object>? context)
    {
        RequestContext.Import(context, Guid.Empty);
        using var timeout = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
        try
        {
            if (!await TryRegisterAsync(timeout.Token))
            {
                End(_forwardTo, null);
                return;
            }

            GrainInstance = Info.CreateInstance(this);
            if (_rehydration is { } rehydration)
            {
                Rehydrate(rehydration);
            }

            foreach (var state in _states ?? [])
            {
                await state.LoadAsync();
            }

            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            Silo.Logs.ActivationFailed(exception, GrainId);
            _registered.TrySetResult(false);
            await UnregisterAsync();
            End(null, exception is OperationCanceledException && timeout.IsCancellationRequested
                ? new TimeoutException($"Activating {GrainId} took longer than {Silo.Collection.ActivationTimeout}.")
                : exception);
            return;
        }

        lock (_lock)
        {
            _rehydration = null;
            _state = ActivationState.Valid;
            Touch();
            Pump();
        }
    }

    private async Task<bool> TryRegisterAsync(CancellationToken token)
    {
        if (Info.UsesDirectory)
        {
            var winner = await Silo.Directory.RegisterAsync(this, _rehydration?.Previous, token);
            if (winner != Address)
            {
                _forwardTo = winner.Silo;
                _registered.TrySetResult(false);
                return false;
            }
        }

        _registered.TrySetResult(true);
        return true;
    }

    private void Rehydrate(RehydrationContext context)
    {
        foreach (var state in _states ?? [])
        {
            state.OnRehydrate(context);
        }

        (GrainInstance as IGrainMigrationParticipant)?.OnRehydrate(context);
    }

    /// <summary>A request that never ends must not keep the activation; called when one runs at the time of the wish to end.</summary>
    private async Task GiveUpWaitingAsync()
    {
        await Task.Delay(Silo.Collection.DeactivationTimeout, Silo.Time, CancellationToken.None);
        lock (_lock)
        {
            if (_state == ActivationState.Valid)
            {
                BeginDeactivating();
            }
        }
    }

    private void BeginDeactivating()
    {
        _state = ActivationState.Deactivating;
        Scheduler.Run(_ => _ = RunDeactivationAsync(_deactivation!.Value), null);
    }

    private async Task RunDeactivationAsync(DeactivationReason reason)
    {
        GrainTimer[] timers;
        lock (_lock)
        {
            timers = [.. _timers];
            _timers.Clear();
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }

        using var timeout = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
        try
        {
            if (_streams is not null)
            {
                await _streams.DisposeAsync().AsTask().WaitAsync(timeout.Token);
            }

            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnDeactivateAsync(reason, timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            Silo.Logs.DeactivationFailed(exception, GrainId);
        }

        if (_migrateTo is null || !await TryMoveAsync(_migrateTo))
        {
            await UnregisterAsync();
            _migrateTo = null;
        }

        End(_migrateTo, null);
        await DisposeInstanceAsync();
    }

    private async Task<bool> TryMoveAsync(SiloAddress target)
    {
        try
        {
            var context = new DehydrationContext();
            foreach (var state in _states ?? [])
            {
                state.OnDehydrate(context);
            }

            (GrainInstance as IGrainMigrationParticipant)?.OnDehydrate(context);
            return await Silo.Migration.MoveAsync(target, Address, context);
        }
        catch (Exception exception)
        {
            Silo.Logs.MigrationFailed(exception, GrainId, target);
            return false;
        }
    }

    private async Task UnregisterAsync()
    {
        if (!IsRegistered || !Info.UsesDirectory)
        {
            return;
        }

        IsRegistered = false;
        try
        {
            using var timeout = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
            await Silo.Directory.UnregisterAsync(Address, timeout.Token);
        }
        catch (Exception exception)
        {
            // The entry is found to be stale by the next caller.
            Silo.Logs.DeactivationFailed(exception, GrainId);
        }
    }

    private void End(SiloAddress? forwardTo, Exception? failure)
    {
        IActivationWork[] waiting;
        lock (_lock)
        {
            _state = ActivationState.Invalid;
            _forwardTo = forwardTo;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        Silo.Catalog.Remove(this);
        foreach (var work in waiting)
        {
            if (work is not Message message)
            {
                continue;
            }

            if (failure is null)
            {
                message.Forwards = 0; // it had arrived: that the activation ends is no detour
                Silo.Router.Reroute(message, forwardTo);
            }
            else
            {
                Silo.Calls.Respond(message, failure);
            }
        }

        _deactivated.TrySetResult();
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            switch (GrainInstance)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception exception)
        {
            Silo.Logs.DeactivationFailed(exception, GrainId);
        }
    }
}
