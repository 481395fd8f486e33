namespace Granary.Deployments;

/// <summary>A deployment as it is.</summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.status")]
public sealed record DeploymentStatus
{
    /// <summary>What goes where.</summary>
    [Id(0)] public required DeploymentPlan Plan { get; init; }

    /// <summary>How far the silos are with its parts.</summary>
    [Id(1)] public PartReport[] Parts { get; init; } = [];

    /// <summary>How far the silos are with its experts, if these are spread.</summary>
    [Id(2)] public ExpertProgress[] Experts { get; init; } = [];

    /// <summary>Whether everything that is wanted works.</summary>
    public bool IsReady => Plan.IsWhole && Parts.All(part => part.State == PartState.Ready) && (Plan.Experts is null or { Holders.Length: > 0, Next: null });
}
