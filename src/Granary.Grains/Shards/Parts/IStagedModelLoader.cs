using Granary.Deployments;
using Granary.Engine.Experts;
using Granary.Engine.Stages;

namespace Granary.Shards;

/// <summary>Opens parts of models.</summary>
internal interface IStagedModelLoader
{
    /// <summary>Loads the first layers of a replica and an engine for it.</summary>
    /// <param name="order">What it is to be.</param>
    /// <param name="link">Sends steps through the other stages; <see langword="null"/> where there are none.</param>
    /// <param name="experts">Where the layers' experts are; <see langword="null"/> where they are loaded, too.</param>
    /// <param name="cancellationToken">Gives the loading up.</param>
    Task<LocalModel> LoadHeadAsync(PartOrder order, IStageLink? link, ExpertAccess? experts, CancellationToken cancellationToken);

    /// <summary>Loads the layers of a stage that is not the first.</summary>
    /// <param name="order">What it is to be.</param>
    /// <param name="experts">Where the layers' experts are; <see langword="null"/> where they are loaded, too.</param>
    /// <param name="cancellationToken">Gives the loading up.</param>
    Task<IStage> LoadStageAsync(PartOrder order, ExpertAccess? experts, CancellationToken cancellationToken);
}
