using Granary.Health;
using Granary.Serving;
using Orleans.Storage;

namespace Granary.Storage;

/// <summary>
/// Gives every failure of a store the stable code; also those that happen while a grain is activated, where no code of the grain can do it. Notes whether the
/// store gets on.
/// </summary>
internal sealed class GuardedGrainStorage(IGrainStorage inner, WorkProgress progress) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));

    private async Task GuardAsync(Func<Task> access)
    {
        progress.Enter();
        var answered = false;
        try
        {
            await access();
            answered = true;
        }
        catch (InconsistentStateException)
        {
            answered = true;
            throw;
        }
        catch (Exception exception)
        {
            throw GrainErrors.Store(exception);
        }
        finally
        {
            progress.Leave(1, answered);
        }
    }
}
