using System.Collections.Concurrent;
using Orleans.Storage;

namespace Granary.Conformance.Stopping;

/// <summary>Outlives the silos of its process; every operation leaves the caller's turn.</summary>
internal sealed class KeptStorage : IGrainStorage
{
    public const string Name = "kept";

    private static readonly ConcurrentDictionary<(string Name, GrainId Grain), object> States = new();

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        if (States.TryGetValue((stateName, grainId), out var state))
        {
            (grainState.State, grainState.RecordExists) = ((T)state, true);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        States[(stateName, grainId)] = grainState.State!;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        States.TryRemove((stateName, grainId), out _);
        grainState.RecordExists = false;
    }
}
