namespace Orleans.Core;

/// <summary>A stored record.</summary>
public interface IStorage
{
    /// <summary>What the store compares at the next write.</summary>
    string? Etag { get; }

    /// <summary>Whether the store has the record.</summary>
    bool RecordExists { get; }

    /// <summary>Removes the record.</summary>
    Task ClearStateAsync();

    /// <summary>Writes the record.</summary>
    Task WriteStateAsync();

    /// <summary>Reads the record anew.</summary>
    Task ReadStateAsync();

    /// <summary>Removes the record.</summary>
    Task ClearStateAsync(CancellationToken cancellationToken);

    /// <summary>Writes the record.</summary>
    Task WriteStateAsync(CancellationToken cancellationToken);

    /// <summary>Reads the record anew.</summary>
    Task ReadStateAsync(CancellationToken cancellationToken);
}

/// <summary>A stored record of a type.</summary>
/// <typeparam name="TState">The state.</typeparam>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state in memory.</summary>
    TState State { get; set; }
}
