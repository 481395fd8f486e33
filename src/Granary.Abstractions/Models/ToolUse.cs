namespace Granary.Models;

/// <summary>The functions that the model may, or must, call.</summary>
[GenerateSerializer, Immutable, Alias("granary.tools")]
public sealed record ToolUse
{
    /// <summary>The functions, at least one, with names of their own.</summary>
    [Id(0)] public required ToolDefinition[] Definitions { get; init; }

    /// <summary>Whether the output must be a call; otherwise the model decides.</summary>
    [Id(1)] public bool IsRequired { get; init; }

    /// <summary>The one function that must be called, where <see cref="IsRequired"/>; <see langword="null"/> is any.</summary>
    [Id(2)] public string? Only { get; init; }

    /// <summary>Whether one reply may hold several calls.</summary>
    [Id(3)] public bool AllowsSeveral { get; init; } = true;

    /// <summary>
    /// Whether calls that must be made are handed out in pieces while they are written: whoever asks can put them together. Otherwise, and where the model decides, a call comes as a whole.
    /// </summary>
    [Id(4)] public bool InPieces { get; init; }
}
