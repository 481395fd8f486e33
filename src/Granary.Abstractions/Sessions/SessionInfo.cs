namespace Granary.Sessions;

/// <summary>A conversation without its messages.</summary>
[GenerateSerializer, Immutable, Alias("granary.session.info")]
public sealed record SessionInfo
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Who owns it.</summary>
    [Id(1)] public required string Owner { get; init; }

    /// <summary>The model it talks to.</summary>
    [Id(2)] public required string Model { get; init; }

    /// <summary>What lists show.</summary>
    [Id(3)] public required string Title { get; init; }

    /// <summary>When it was created.</summary>
    [Id(4)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    [Id(5)] public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Turns so far: a user's message and its reply.</summary>
    [Id(6)] public required int Turns { get; init; }
}
