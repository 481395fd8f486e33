using Granary.Deployments;
using Granary.Engine.Stages;

namespace Granary.Shards;

/// <summary>Opens parts of models.</summary>
internal interface IStagedModelLoader
{
    /// <summary>Loads the first layers of a replica and an engine that sends its steps through the other stages.</summary>
    Task<LocalModel> LoadHeadAsync(PartOrder order, IStageLink link, CancellationToken cancellationToken);

    /// <summary>Loads the layers of a stage that is not the first.</summary>
    Task<IStage> LoadStageAsync(PartOrder order, CancellationToken cancellationToken);
}
