namespace Orleans.Runtime.Streaming;

internal enum StreamState
{
    /// <summary>There may be more; an empty batch says only that the iterator still works.</summary>
    Open = 0,

    /// <summary>The iterator has ended.</summary>
    Completed = 1,

    /// <summary>The iterator threw.</summary>
    Failed = 2,

    /// <summary>The activation has no such enumeration (any more).</summary>
    Missing = 3,
}
