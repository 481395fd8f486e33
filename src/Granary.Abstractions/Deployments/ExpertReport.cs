namespace Granary.Deployments;

/// <summary>What a silo says about the experts of a model.</summary>
[GenerateSerializer, Immutable, Alias("granary.expert.report")]
public sealed record ExpertReport
{
    /// <summary>The model.</summary>
    [Id(0)] public required string Model { get; init; }

    /// <summary>The newest placement that it knows.</summary>
    [Id(1)] public required int Version { get; init; }

    /// <summary>The newest placement of which it holds its part, and by which it asks others.</summary>
    [Id(2)] public required int AppliedVersion { get; init; }

    /// <summary>Why it could not load its part; it tries again.</summary>
    [Id(3)] public string? Error { get; init; }

    /// <summary>[layer][expert]: how many tokens of this silo's steps have chosen each expert since the last report; <see langword="null"/> where none has.</summary>
    [Id(4)] public long[][]? Tokens { get; init; }
}
