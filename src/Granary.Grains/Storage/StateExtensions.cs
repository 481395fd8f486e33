using Granary.Errors;
using Granary.Serving;

namespace Granary.Storage;

/// <summary>Changes of what a grain stores.</summary>
internal static class StateExtensions
{
    /// <summary>Stores another state, or leaves it as it was.</summary>
    /// <param name="store">The grain's.</param>
    /// <param name="after">The state to store.</param>
    /// <param name="deactivate">Gives the activation up: another one has changed the state, and this one is out of date.</param>
    /// <exception cref="GranaryException"><c>store_unavailable</c>.</exception>
    public static async Task ReplaceAsync<T>(this IPersistentState<T> store, T after, Action deactivate)
    {
        var before = store.State;
        store.State = after;
        try
        {
            await GrainErrors.GuardStoreAsync(() => store.WriteStateAsync());
        }
        catch (GranaryException exception)
        {
            store.State = before;
            if (GrainErrors.IsStale(exception))
            {
                deactivate();
            }

            throw;
        }
    }
}
