using Orleans.Storage;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A store that is away while a switch says so.</summary>
internal sealed class FaultyStorage(IGrainStorage inner, StorageFault fault) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!fault.Writes)
        {
            fault.ThrowIfAway(stateName, grainId);
        }

        fault.Read[$"{stateName}/{grainId.Key}"] = true;
        return inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (fault.Writes)
        {
            await inner.WriteStateAsync(stateName, grainId, grainState);
            fault.ThrowIfAway(stateName, grainId);
            return;
        }

        fault.ThrowIfAway(stateName, grainId);
        await inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        fault.ThrowIfAway(stateName, grainId);
        return inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
