namespace Granary.Models;

/// <summary>Why generation ended.</summary>
[GenerateSerializer, Alias("granary.finish")]
public enum FinishReason
{
    /// <summary>An end-of-sequence token or a stop string.</summary>
    Stop,

    /// <summary>The token limit or the end of the context.</summary>
    Length,

    /// <summary>The caller stopped it or left.</summary>
    Cancelled,

    /// <summary>The model wants functions called.</summary>
    ToolCalls,

    /// <summary>It goes on in another engine; what was generated here is a part of it.</summary>
    Moved,
}
