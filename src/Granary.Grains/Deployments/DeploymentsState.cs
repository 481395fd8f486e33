namespace Granary.Deployments;

/// <summary>What the deployments grain stores.</summary>
[GenerateSerializer, Alias("granary.deployments.state")]
public sealed class DeploymentsState
{
    /// <summary>The newest epoch of any replica.</summary>
    [Id(0)] public int Epoch { get; set; }

    /// <summary>What goes where, by model.</summary>
    [Id(1)] public Dictionary<string, DeploymentPlan> Plans { get; set; } = new(StringComparer.Ordinal);
}
