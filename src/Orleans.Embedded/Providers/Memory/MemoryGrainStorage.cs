using Orleans.Configuration;

namespace Orleans.Storage;

/// <summary>Grain state in grains: it outlives activations and is seen by every silo, and is lost with the silo that holds it.</summary>
internal sealed class MemoryGrainStorage(string name, MemoryGrainStorageOptions options, IGrainFactory grains) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (store, key) = Find(stateName, grainId);
        var record = await store.ReadAsync(key);
        grainState.State = record is null ? StateSerializer.CreateEmpty<T>() : StateSerializer.Deserialize<T>(record.Data);
        grainState.ETag = record?.Etag;
        grainState.RecordExists = record is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await ChangeAsync(stateName, grainId, grainState.ETag, StateSerializer.Serialize(grainState.State));
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await ChangeAsync(stateName, grainId, grainState.ETag, null);
        grainState.State = StateSerializer.CreateEmpty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private async Task<string> ChangeAsync(string stateName, GrainId grainId, string? etag, byte[]? data)
    {
        var (store, key) = Find(stateName, grainId);
        return await store.WriteAsync(key, etag, data)
            ?? throw new InconsistentStateException($"The state '{stateName}' of {grainId} has changed since tag {etag ?? "none"} was read.");
    }

    private (IMemoryStorageGrain Store, string Key) Find(string stateName, GrainId grainId)
    {
        var share = grainId.GetUniformHashCode() % (uint)options.NumStorageGrains;
        return (grains.GetGrain<IMemoryStorageGrain>($"{name}/{share}"), $"{stateName}/{grainId}");
    }
}
