using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Cuda;

/// <summary>
/// Attention of plain operators, for fp32. Each of them can be recorded in a CUDA graph, and the CPU has them too, so that a machine
/// without a GPU can test the graph. Queries meet the whole slot, and a mask made of positions hides what they must not see.
/// </summary>
/// <remarks>
/// ONNX's own operators for this, TensorScatter and Attention, would raise the opset of the graph to 24, for which ONNX Runtime's CUDA
/// provider lacks others (docs/GPU.md). Shapes are never computed: that happens on the CPU, which ends a recording. What depends on a length is
/// counted along a tensor that has it. Rows of one KV head lie together, those of a token side by side: G = heads per KV head.
/// </remarks>
internal sealed class CudaComposedAttention : CudaAttention
{
    private const int Block = 64; // slots are multiples of it; see ModelManifest

    private readonly int _group;

    public CudaComposedAttention(GraphBuilder graph, ModelConfig config, CudaWeightPlan plan)
        : base(graph, config, plan) => _group = config.HeadCount / config.KvHeadCount;

    protected override string Attend(string name, int layer, AttentionBlock block, string packed)
    {
        var parts = Split(name, packed);
        var query = Rotate($"{name}.q_rotated", Norm($"{name}.q", parts[0], block.QueryNorm, Queries));
        var key = Rotate($"{name}.k_rotated", Norm($"{name}.k", parts[1], block.KeyNorm, Keys));
        var keys = Append($"{name}.k_heads", key, $"past_key_values.{layer}.key", $"present.{layer}.key");
        var values = Append($"{name}.v_heads", parts[2], $"past_key_values.{layer}.value", $"present.{layer}.value");

        // [B, KvHeads, S·G, D] times [B, KvHeads, D, P].
        var grouped = HeadsFirst($"{name}.q_groups", query, _group * Config.HeadDim);
        var rows = Graph.Node($"{name}.q_rows", "Reshape", "", [grouped, Graph.Constant(0, 0, -1, Config.HeadDim)]);
        var scores = Graph.Node($"{name}.scores", "FusedMatMul", GraphBuilder.Microsoft, [rows, keys], ("transB", 1), ("alpha", 1 / MathF.Sqrt(Config.HeadDim)));
        var seen = Graph.Node($"{name}.seen", "Where", "", [Visible(WindowOf(block)), scores, Graph.Number(float.MinValue)]);
        var shares = Graph.Node($"{name}.shares", "Softmax", "", [seen], ("axis", -1));
        var mixed = Graph.Node($"{name}.mixed", "MatMul", "", [shares, values]);

        // Back to [B, S, Heads·D].
        var groups = Graph.Node($"{name}.groups", "Reshape", "", [mixed, Graph.Constant(0, 0, -1, _group * Config.HeadDim)]);
        var tokens = Graph.Node($"{name}.tokens", "Transpose", "", [groups], ("perm", new long[] { 0, 2, 1, 3 }));
        return Graph.Node(name, "Reshape", "", [tokens, Graph.Constant(0, 0, Queries)]);
    }

    // [B, S, heads·D] → [B, S·heads, D], normalised over D, and back.
    private string Norm(string name, string input, MatrixRef? gamma, int width)
    {
        if (gamma is null)
        {
            return input;
        }

        var heads = Graph.Node($"{name}_norm.heads", "Reshape", "", [input, Graph.Constant(0, -1, Config.HeadDim)]);
        var weight = Plan[ModelPart.Norms].Vector(Graph, $"{name}_norm.weight", gamma);
        var normed = Graph.Node($"{name}_norm", "SimplifiedLayerNormalization", "", [heads, weight], ("axis", -1), ("epsilon", Config.NormEpsilon), ("stash_type", 1));
        return Graph.Node($"{name}_normed", "Reshape", "", [normed, Graph.Constant(0, -1, width)]);
    }

    private string Rotate(string name, string input) =>
        Graph.Node(name, "RotaryEmbedding", GraphBuilder.Microsoft, [input, Positions(), Cosines, Sines], ("interleaved", 0));

    // Past and present are the same memory, which the operator then leaves as it is but for the rows of the new tokens.
    private string Append(string name, string input, string past, string present) =>
        Graph.Node(present, "ScatterElements", "", [past, Places(), HeadsFirst(name, input, Config.HeadDim)], ("axis", 2));

    // [B, S, KvHeads·width] → [B, KvHeads, S, width].
    private string HeadsFirst(string name, string input, int width)
    {
        var heads = Graph.Node($"{name}.tokens", "Reshape", "", [input, Graph.Constant(0, 0, Config.KvHeadCount, width)]);
        return Graph.Node(name, "Transpose", "", [heads], ("perm", new long[] { 0, 2, 1, 3 }));
    }

    /// <summary>Positions i64 [B, S] of the new tokens: total − S, …, total − 1.</summary>
    private string Positions() => Graph.Once("positions", name =>
    {
        var ones = Filled($"{name}.ones", "input_ids", 1);
        var left = Graph.Node($"{name}.left", "CumSum", "", [ones, Graph.Constant(-1)], ("reverse", 1)); // S, …, 1
        var last = Graph.Node($"{name}.last", "Cast", "", ["seqlens_k"], ("to", (long)OnnxType.Int64));
        var total = Graph.Node($"{name}.total", "Add", "", [Graph.Node($"{name}.column", "Reshape", "", [last, Graph.Constant(-1, 1)]), Graph.Scalar(1)]);
        return Graph.Node(name, "Sub", "", [total, left]);
    });

    /// <summary>Where new keys and values go in their slots: the positions as i64 [B, KvHeads, S, D].</summary>
    private string Places() => Graph.Once("places", name =>
    {
        var column = Graph.Node($"{name}.column", "Reshape", "", [Positions(), Graph.Constant(0, 1, -1, 1)]);
        return Graph.Node(name, "Expand", "", [column, Graph.Constant(1, Config.KvHeadCount, 1, Config.HeadDim)]);
    });

    /// <summary>Which places of the slot [.., P] a row [B, 1, S·G, ..] sees.</summary>
    private string Visible(int? window)
    {
        var rows = Graph.Once("rows", name =>
        {
            var column = Graph.Node($"{name}.column", "Reshape", "", [Positions(), Graph.Constant(0, -1, 1)]);
            var grouped = Graph.Node($"{name}.grouped", "Expand", "", [column, Graph.Constant(1, 1, _group)]);
            return Graph.Node(name, "Reshape", "", [grouped, Graph.Constant(0, 1, -1, 1)]);
        });
        var before = Graph.Once("visible", name => Graph.Node(name, "LessOrEqual", "", [Slot(), rows]));
        return window is not { } width ? before : Graph.Once($"visible.{width}", name =>
        {
            var left = Graph.Node($"{name}.left", "Sub", "", [rows, Graph.Scalar(width)]); // the last place that has left the window
            var after = Graph.Node($"{name}.after", "Less", "", [left, Slot()]);
            return Graph.Node(name, "And", "", [before, after]);
        });
    }

    /// <summary>The places of a slot, 0 to P − 1, as i64 [1, 1, 1, P]: whole blocks are counted first, which takes P / 64 steps instead of P.</summary>
    private string Slot() => Graph.Once("slot", name =>
    {
        var line = Graph.Node($"{name}.line", "Slice", "", ["past_key_values.0.key", Graph.Constant(0, 0, 0), Graph.Constant(1, 1, 1), Graph.Constant(0, 1, 3)]);
        var blocks = Graph.Node($"{name}.blocks", "Reshape", "", [line, Graph.Constant(-1, Block)]);
        var firsts = Graph.Node($"{name}.firsts", "CumSum", "", [Filled($"{name}.lengths", blocks, Block), Graph.Constant(-2)], ("exclusive", 1));
        var places = Graph.Node($"{name}.places", "Add", "", [firsts, Graph.Weights($"{name}.within", new CountingTensor(1, Block))]);
        return Graph.Node(name, "Reshape", "", [places, Graph.Constant(1, 1, 1, -1)]);
    });

    // One number in the shape of a tensor, whatever that holds.
    private string Filled(string name, string shape, long value)
    {
        var any = Graph.Node($"{name}.any", "Cast", "", [shape], ("to", (long)OnnxType.Bool));
        return Graph.Node(name, "Where", "", [any, Graph.Scalar(value), Graph.Scalar(value)]);
    }
}
