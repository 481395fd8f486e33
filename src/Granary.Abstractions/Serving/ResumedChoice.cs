namespace Granary.Serving;

/// <summary>How far an output had come when its replica was lost.</summary>
[GenerateSerializer, Immutable, Alias("granary.resumed")]
public sealed record ResumedChoice
{
    /// <summary>The token ids that are logged, in order.</summary>
    [Id(0)] public required int[] Tokens { get; init; }

    /// <summary>
    /// Whether the output had ended; nothing comes of it then, no frame either. Where this is not said of an output that its tokens end, one frame without tokens
    /// gives the finish reason and the usage.
    /// </summary>
    [Id(1)] public bool HasEnded { get; init; }
}
