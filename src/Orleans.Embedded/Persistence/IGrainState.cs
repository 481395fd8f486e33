namespace Orleans;

/// <summary>A grain's stored state, as storage providers read and write it.</summary>
/// <typeparam name="T">The state's type.</typeparam>
public interface IGrainState<T>
{
    /// <summary>The state.</summary>
    T State { get; set; }

    /// <summary>What the store compares at the next write; null for a record that is not there.</summary>
    string? ETag { get; set; }

    /// <summary>Whether the store has the record.</summary>
    bool RecordExists { get; set; }
}
