using Granary.Engine.Execution;
using Granary.Models;
using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>Makes what a lane computes with.</summary>
internal static class LaneRunners
{
    /// <summary>The slots of a lane over loaded layers, the same in every stage.</summary>
    public static LayerRunner Create(LayerGraphs graphs, PipelineLayout layout, ILayerExperts? experts)
    {
        ModelManifest model = graphs.Model;
        KvShape[] shapes =
        [
            .. layout.Slots.Select(slots => new KvShape(graphs.Segment.Layers.Count, slots.Slots, model.KvHeadCount, slots.Tokens, model.HeadDim, graphs.KvType)),
        ];
        return new LayerRunner(graphs, shapes, layout.MaxChunkTokens, experts);
    }
}
