using Orleans.Storage;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A store that is away while a switch says so.</summary>
internal sealed class FaultyStorage(IGrainStorage inner, StorageFault fault) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        fault.ThrowIfAway(stateName, grainId);
        fault.Read[$"{stateName}/{grainId.Key}"] = true;
        return inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        fault.ThrowIfAway(stateName, grainId);
        return inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        fault.ThrowIfAway(stateName, grainId);
        return inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
