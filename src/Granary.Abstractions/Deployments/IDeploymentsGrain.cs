using Orleans.Concurrency;

namespace Granary.Deployments;

/// <summary>
/// Which models are served where, beyond what silos' configurations name (key: <see cref="Key"/>). One for all models: they share the silos' memory, and two that plan at once would
/// give it away twice.
/// </summary>
[Alias("granary.deployments")]
public interface IDeploymentsGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "cluster";

    /// <summary>Serves a model, or serves it otherwise than before. What has no place now gets one as soon as there is one.</summary>
    /// <exception cref="Errors.GranaryException"><c>model_not_found</c>: no silo has its files; <c>invalid_request</c>; <c>store_unavailable</c>.</exception>
    [Alias("Deploy")]
    Task<DeploymentStatus> DeployAsync(string model, DeploymentWish wish);

    /// <summary>Serves it no longer, but where a silo's configuration says so.</summary>
    /// <exception cref="Errors.GranaryException"><c>model_not_found</c>: it is not deployed; <c>store_unavailable</c>.</exception>
    [Alias("Undeploy")]
    Task UndeployAsync(string model);

    /// <summary>What <see cref="DeployAsync"/> would do.</summary>
    /// <exception cref="Errors.GranaryException"><c>model_not_found</c>: no silo has its files; <c>invalid_request</c>.</exception>
    [Alias("Plan"), ReadOnly]
    Task<DeploymentPlan> PlanAsync(string model, DeploymentWish wish);

    /// <summary>All deployments, by model.</summary>
    [Alias("List"), ReadOnly]
    Task<DeploymentStatus[]> ListAsync();

    /// <summary>How the experts of a model are used and where they are.</summary>
    /// <exception cref="Errors.GranaryException"><c>model_not_found</c>: it is not deployed with its experts spread.</exception>
    [Alias("Experts"), ReadOnly]
    Task<ExpertFigures> ExpertsAsync(string model);

    /// <summary>A silo says how it is, and is told what it is to hold.</summary>
    [Alias("Report")]
    Task<SiloOrders> ReportAsync(SiloReport report);
}
