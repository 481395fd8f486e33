namespace Granary.Deployments.Planning;

/// <summary>What a plan depends on.</summary>
/// <param name="Model">The model.</param>
/// <param name="Sizes">What its parts take.</param>
/// <param name="Wish">How it is to be served.</param>
/// <param name="Silos">Silos that take work and have the model's files.</param>
/// <param name="Current">Replicas that there are; what still fits the wish stays where it is.</param>
internal sealed record PlanInput(string Model, ModelSizes Sizes, DeploymentWish Wish, IReadOnlyList<SiloCapacity> Silos, IReadOnlyList<PlannedReplica> Current)
{
    /// <summary>Whether a replica is more than one silo that has all of the model: then silos that serve it by their configuration are none.</summary>
    public bool IsCut => Wish.Stages > 1 || Wish.SpreadExperts;
}
