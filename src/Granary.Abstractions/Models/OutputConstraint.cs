namespace Granary.Models;

/// <summary>What the output must look like: enforced token by token, so that it cannot be otherwise.</summary>
[GenerateSerializer, Immutable, Alias("granary.constraint")]
public sealed record OutputConstraint
{
    /// <summary>How it is written.</summary>
    [Id(0)] public required ConstraintKind Kind { get; init; }

    /// <summary>The schema as JSON text, or the regular expression; empty for the other kinds.</summary>
    [Id(1)] public string Text { get; init; } = "";

    /// <summary>The texts to choose from; empty for the other kinds.</summary>
    [Id(2)] public string[] Choices { get; init; } = [];

    /// <summary>The field of the request that it comes from, for refusals; <see langword="null"/> is the one that is named for its kind.</summary>
    [Id(3)] public string? Field { get; init; }
}
