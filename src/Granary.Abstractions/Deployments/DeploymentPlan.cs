namespace Granary.Deployments;

/// <summary>Which part of a model goes where.</summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.plan")]
public sealed record DeploymentPlan
{
    /// <summary>The model.</summary>
    [Id(0)] public required string Model { get; init; }

    /// <summary>What the plan is for.</summary>
    [Id(1)] public required DeploymentWish Wish { get; init; }

    /// <summary>The replicas that have a place.</summary>
    [Id(2)] public PlannedReplica[] Replicas { get; init; } = [];

    /// <summary>Silos that serve the model by their configuration and count as replicas.</summary>
    [Id(3)] public string[] Configured { get; init; } = [];

    /// <summary>What has no place, and what would make it fit.</summary>
    [Id(4)] public string[] Problems { get; init; } = [];

    /// <summary>Where the experts are, if they are spread.</summary>
    [Id(5)] public PlannedExperts? Experts { get; init; }

    /// <summary>Whether everything that is wanted has a place.</summary>
    public bool IsWhole => Problems.Length == 0;
}
