namespace Orleans.Storage;

/// <summary>Keeps grain state. Registered as a keyed service under the provider's name; <c>Default</c> is the unnamed one.</summary>
public interface IGrainStorage
{
    /// <summary>Fills <paramref name="grainState"/>; a record that is not there gives a fresh state, no tag, and RecordExists false.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Writes the state and puts the new tag into it.</summary>
    /// <exception cref="InconsistentStateException">The store holds another tag.</exception>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Removes the record.</summary>
    /// <exception cref="InconsistentStateException">The store holds another tag.</exception>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}
