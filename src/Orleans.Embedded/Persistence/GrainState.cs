namespace Orleans;

/// <summary>The plain <see cref="IGrainState{T}"/>.</summary>
/// <typeparam name="T">The state's type.</typeparam>
public sealed class GrainState<T> : IGrainState<T>
{
    /// <summary>A state that the store does not have yet.</summary>
    public GrainState()
        : this(default!)
    {
    }

    /// <inheritdoc cref="GrainState{T}()"/>
    public GrainState(T state)
        : this(state, null)
    {
    }

    /// <summary>A state with its tag.</summary>
    public GrainState(T state, string? eTag)
    {
        State = state;
        ETag = eTag;
    }

    /// <inheritdoc/>
    public T State { get; set; }

    /// <inheritdoc/>
    public string? ETag { get; set; }

    /// <inheritdoc/>
    public bool RecordExists { get; set; }
}
