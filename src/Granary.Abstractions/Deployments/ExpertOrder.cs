namespace Granary.Deployments;

/// <summary>What a silo is to know about the experts of a model, and which of them it is to hold.</summary>
[GenerateSerializer, Immutable, Alias("granary.expert.order")]
public sealed record ExpertOrder
{
    /// <summary>The model.</summary>
    [Id(0)] public required string Model { get; init; }

    /// <summary>Version of the placement.</summary>
    [Id(1)] public required int Version { get; init; }

    /// <summary>The placement; <see langword="null"/> where the silo has this version already.</summary>
    [Id(2)] public PlannedExperts? Experts { get; init; }
}
