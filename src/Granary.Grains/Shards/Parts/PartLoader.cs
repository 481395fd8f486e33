using Granary.Clustering;
using Granary.Deployments;
using Granary.Engine.Stages;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>Loads parts.</summary>
internal sealed class PartLoader(
    ILocalModelLoader models,
    IStagedModelLoader staged,
    LocalExperts experts,
    IGrainFactory grains,
    ISiloMembers members,
    StageMetrics metrics,
    IOptions<DeploymentsOptions> options,
    TimeProvider timeProvider)
{
    /// <summary>A head's way to its other stages; <see langword="null"/> for other parts.</summary>
    public RemoteStages? LinkOf(PartOrder order) => order is { Part.Stage: 0, Stages.Length: > 1 }
        ? new RemoteStages(grains, order, members, metrics, options.Value.StepTimeout, timeProvider)
        : null;

    /// <summary>Either a model that takes requests, or a stage.</summary>
    public async Task<(LocalModel? Model, IStage? Stage)> LoadAsync(PartOrder order, RemoteStages? link, CancellationToken cancellationToken)
    {
        if (order is { Stages.Length: 1, SpreadExperts: false })
        {
            return (await models.LoadAsync(order.Part.Model, cancellationToken), null);
        }

        var access = order.SpreadExperts ? await experts.AccessAsync(order.Part.Model, order.Wire, cancellationToken) : null;
        return order.Part.Stage == 0
            ? (await staged.LoadHeadAsync(order, link, access, cancellationToken), null)
            : (null, await staged.LoadStageAsync(order, access, cancellationToken));
    }
}
