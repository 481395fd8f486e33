namespace Granary.Deployments;

/// <summary>How the experts of a model are used and where they are.</summary>
[GenerateSerializer, Immutable, Alias("granary.expert.figures")]
public sealed record ExpertFigures
{
    /// <summary>The model.</summary>
    [Id(0)] public required string Model { get; init; }

    /// <summary>Where they are.</summary>
    [Id(1)] public required PlannedExperts Experts { get; init; }

    /// <summary>[layer][expert]: tokens that chose each, older ones counting less; empty while nothing was computed.</summary>
    [Id(2)] public double[][] Loads { get; init; } = [];

    /// <summary>With these loads: the largest load of a silo over the mean, averaged over the layers; 1 is even.</summary>
    [Id(3)] public double Skew { get; init; } = 1;
}
