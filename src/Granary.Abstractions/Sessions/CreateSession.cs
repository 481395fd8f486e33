namespace Granary.Sessions;

/// <summary>A wish for a new conversation.</summary>
[GenerateSerializer, Immutable, Alias("granary.session.create")]
public sealed record CreateSession
{
    /// <summary>Who owns it.</summary>
    [Id(0)] public required string Owner { get; init; }

    /// <summary>The model to talk to.</summary>
    [Id(1)] public required string Model { get; init; }

    /// <summary>Instructions to the model, if any.</summary>
    [Id(2)] public string? System { get; init; }

    /// <summary>A title; without one the first message gives it.</summary>
    [Id(3)] public string? Title { get; init; }
}
