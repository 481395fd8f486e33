namespace Granary.Serving;

/// <summary>A model that the cluster serves.</summary>
[GenerateSerializer, Immutable, Alias("granary.served")]
public sealed record ServedModel
{
    /// <summary>Characters that a name has at most.</summary>
    public const int MaxNameLength = 96;

    /// <summary>Its name, of up to <see cref="MaxNameLength"/> characters.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>When it was first served.</summary>
    [Id(1)] public required DateTimeOffset Since { get; init; }

    /// <summary>Longest context in tokens.</summary>
    [Id(2)] public required int MaxPositions { get; init; }

    /// <summary>Replicas on live silos.</summary>
    [Id(3)] public required int Replicas { get; init; }
}
