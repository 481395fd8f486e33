using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Orleans.Runtime.Persistence;

/// <summary>A grain's state in a storage provider.</summary>
internal sealed class PersistentState<TState> : IPersistentState<TState>, IPersistentStateHolder
{
    private readonly Activation _activation;
    private readonly string _name;
    private readonly IGrainStorage _storage;
    private readonly GrainState<TState> _record = new(NewState());
    private bool _isLoaded;

    public PersistentState(Activation activation, string name, string? storageName)
    {
        _activation = activation;
        _name = name;
        var key = storageName ?? "Default";
        _storage = activation.Silo.Services.GetKeyedService<IGrainStorage>(key)
            ?? throw new OrleansConfigurationException(
                $"No grain storage named '{key}' is registered, which {activation.Info.Class.Type} asks for in state '{name}'.");
        activation.Add(this);
    }

    public TState State
    {
        get => _record.State;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    public Task LoadAsync() => _isLoaded ? Task.CompletedTask : ReadStateAsync();

    public Task ReadStateAsync() => RunAsync(static (storage, name, id, record) => storage.ReadStateAsync(name, id, record));

    public Task WriteStateAsync() => RunAsync(static (storage, name, id, record) => storage.WriteStateAsync(name, id, record));

    public Task ClearStateAsync() => RunAsync(static (storage, name, id, record) => storage.ClearStateAsync(name, id, record));

    public Task ReadStateAsync(CancellationToken cancellationToken) => RunAsync(ReadStateAsync, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => RunAsync(WriteStateAsync, cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => RunAsync(ClearStateAsync, cancellationToken);

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (dehydrationContext.TryAddValue($"state.{_name}", _record.State))
        {
            dehydrationContext.TryAddValue($"state.{_name}.etag", _record.ETag);
            dehydrationContext.TryAddValue($"state.{_name}.exists", _record.RecordExists);
        }
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (rehydrationContext.TryGetValue<TState>($"state.{_name}", out var state)
            && rehydrationContext.TryGetValue<string>($"state.{_name}.etag", out var etag)
            && rehydrationContext.TryGetValue<bool>($"state.{_name}.exists", out var exists))
        {
            _record.State = state!;
            _record.ETag = etag;
            _record.RecordExists = exists;
            _isLoaded = true;
        }
    }

    private static TState NewState() => typeof(TState).IsValueType || typeof(TState) == typeof(string) || typeof(TState).GetConstructor([]) is null
        ? default!
        : Activator.CreateInstance<TState>();

    private static Task RunAsync(Func<Task> operation, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return operation();
    }

    private async Task RunAsync(Func<IGrainStorage, string, GrainId, IGrainState<TState>, Task> operation)
    {
        try
        {
            await operation(_storage, _name, _activation.GrainId, _record);
            _isLoaded = true;
        }
        catch (InconsistentStateException exception)
        {
            // Only the activation whose own state is stale ends, not everyone up the call chain that sees the exception.
            _activation.Deactivate(new(DeactivationReasonCode.ApplicationError, exception, "Its state is stale."));
            throw;
        }
        finally
        {
            _record.State ??= NewState();
        }
    }
}
