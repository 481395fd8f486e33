namespace Orleans.Serialization.Invocation;

/// <summary>What the attributes and the signature of a grain method say.</summary>
[Flags]
public enum GrainMethodFlags
{
    /// <summary>An ordinary method.</summary>
    None = 0,

    /// <summary><see cref="Concurrency.OneWayAttribute"/>.</summary>
    OneWay = 1,

    /// <summary><see cref="Concurrency.ReadOnlyAttribute"/>.</summary>
    ReadOnly = 2,

    /// <summary><see cref="Concurrency.AlwaysInterleaveAttribute"/>.</summary>
    AlwaysInterleave = 4,

    /// <summary>The last parameter is a cancellation token.</summary>
    HasCancellationToken = 8,

    /// <summary>Returns <see cref="IAsyncEnumerable{T}"/>.</summary>
    Stream = 16,
}
