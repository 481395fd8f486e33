using Granary.Serving;
using Orleans.Storage;

namespace Granary.Storage;

/// <summary>Gives every failure of a store the stable code; also those that happen while a grain is activated, where no code of the grain can do it.</summary>
internal sealed class GuardedGrainStorage(IGrainStorage inner) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));

    private static async Task GuardAsync(Func<Task> access)
    {
        try
        {
            await access();
        }
        catch (Exception exception) when (exception is not InconsistentStateException)
        {
            throw GrainErrors.Store(exception);
        }
    }
}
