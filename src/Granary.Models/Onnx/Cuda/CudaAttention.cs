using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Checkpoints;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Cuda;

/// <summary>Attention of a layer: projections, and between them what a kind of activations takes.</summary>
internal abstract class CudaAttention
{
    /// <summary>Cosines [positions, head dim / 2].</summary>
    protected const string Cosines = "rope.cos";

    /// <summary>Sines, likewise.</summary>
    protected const string Sines = "rope.sin";

    protected CudaAttention(GraphBuilder graph, ModelConfig config, CudaWeightPlan plan)
    {
        (Graph, Config, Plan) = (graph, config, plan);

        // One position more than the context has: a row that pads a batch stands behind the last token of a full slot.
        var rope = config.Rope with { MaxPositions = config.Rope.MaxPositions + 1 };
        AddTable(Cosines, RotaryTable.Cosines(rope, config.HeadDim));
        AddTable(Sines, RotaryTable.Sines(rope, config.HeadDim));
    }

    protected GraphBuilder Graph { get; }

    protected ModelConfig Config { get; }

    protected CudaWeightPlan Plan { get; }

    /// <summary>Width of all query heads.</summary>
    protected int Queries => Config.HeadCount * Config.HeadDim;

    /// <summary>Width of all key heads.</summary>
    protected int Keys => Config.KvHeadCount * Config.HeadDim;

    /// <summary>The attention that computes with a plan's activations; the graph has the inputs that come before the layers.</summary>
    public static CudaAttention For(GraphBuilder graph, ModelConfig config, CudaWeightPlan plan) => plan.Activations == OnnxType.Float
        ? new CudaComposedAttention(graph, config, plan)
        : new CudaFusedAttention(graph, config, plan);

    /// <summary>Adds the nodes of a layer, and its keys and values as inputs and outputs.</summary>
    /// <param name="name">What their names begin with.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="block">Its weights.</param>
    /// <param name="input">[B, S, hidden].</param>
    /// <returns>[B, S, hidden].</returns>
    public string Add(string name, int layer, AttentionBlock block, string input)
    {
        var format = Plan[ModelPart.Attention];
        var packed = format.MatMul(Graph, $"{name}.qkv", input, [block.Query, block.Key, block.Value]);
        object[] slots = ["batch", Config.KvHeadCount, "slot_length", Config.HeadDim];
        foreach (var part in (string[])["key", "value"])
        {
            Graph.Input($"past_key_values.{layer}.{part}", Plan.Activations, slots);
            Graph.Output($"present.{layer}.{part}", Plan.Activations, slots);
        }

        return format.MatMul(Graph, $"{name}.out", Attend(name, layer, block, packed), [block.Output]);
    }

    /// <summary>Appends keys and values to their slots, and lets queries attend to them.</summary>
    /// <param name="name">Name of what is returned.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="block">Its weights.</param>
    /// <param name="packed">Queries, keys and values side by side.</param>
    /// <returns>[B, S, query heads · head dim].</returns>
    protected abstract string Attend(string name, int layer, AttentionBlock block, string packed);

    /// <summary>Queries, keys and values of packed rows.</summary>
    protected string[] Split(string name, string packed)
    {
        string[] parts = [$"{name}.q", $"{name}.k", $"{name}.v"];
        Graph.Node($"{name}.split", "Split", "", [packed, Graph.Constant(Queries, Keys, Keys)], parts, ("axis", -1));
        return parts;
    }

    /// <summary>Tokens that a token sees, itself included; <see langword="null"/>: all before it.</summary>
    protected int? WindowOf(AttentionBlock block) => block.Window is { } window && window < Config.Rope.MaxPositions ? window : null;

    private void AddTable(string name, RotaryTable table)
    {
        var narrow = Plan.Activations != OnnxType.Float;
        var wide = Graph.Weights(narrow ? $"{name}.fp32" : name, table);
        if (narrow)
        {
            CudaExperts.Cast(Graph, name, wide, Plan.Activations);
        }
    }
}
