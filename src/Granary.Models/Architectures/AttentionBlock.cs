namespace Granary.Models.Architectures;

/// <summary>Grouped-query attention with rotary positions.</summary>
internal sealed record AttentionBlock
{
    public required Linear Query { get; init; }

    public required Linear Key { get; init; }

    public required Linear Value { get; init; }

    public required Linear Output { get; init; }

    /// <summary>RMS norm [head dim] of each query head before rotation.</summary>
    public MatrixRef? QueryNorm { get; init; }

    /// <summary>RMS norm [head dim] of each key head before rotation.</summary>
    public MatrixRef? KeyNorm { get; init; }

    /// <summary>A token sees itself and the window − 1 tokens before it; <see langword="null"/>: all before it.</summary>
    public int? Window { get; init; }
}
