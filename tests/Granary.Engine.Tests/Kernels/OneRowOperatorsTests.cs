using Granary.Engine.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Tests.Kernels;

/// <summary>Single operators of Granary against those of ONNX Runtime that they stand for.</summary>
public sealed class OneRowOperatorsTests
{
    private readonly Random _random = new(11);

    public OneRowOperatorsTests() => Assert.SkipUnless(Int4Rows.IsSupported, "This processor has no AVX2.");

    [Theory]
    [InlineData(32, 96, 7)]
    [InlineData(64, 448, 100)]
    [InlineData(128, 896, 640)]
    public void Compute_matrix_in_four_bits_gives_products_of_MatMulNBits(int block, int columns, int rows)
    {
        int blocks = columns / block;
        var graph = new TinyGraph();
        graph.Input("x", 2);
        graph.Weights("codes", Bytes(rows * columns / 2), rows, blocks, block / 2);
        graph.Weights("scales", Floats(rows * blocks), rows, blocks);
        graph.Weights("bias", Floats(rows), rows);
        graph.Node("MatMulNBits", ["x", "codes", "scales", "", "", "bias"], ["y"], ("N", rows), ("K", columns), ("bits", 4), ("block_size", block), ("accuracy_level", 4));
        graph.Output("y", 2);
        Compare(graph, 1e-5, ("x", Floats(2 * columns), [2, columns]));
    }

    [Theory]
    [InlineData(128, 64, 4, 2)]
    [InlineData(384, 448, 8, 3)]
    public void Compute_experts_in_four_bits_gives_output_of_QMoE(int hidden, int intermediate, int experts, int chosen)
    {
        const int block = 64;
        var graph = new TinyGraph();
        graph.Input("x", 2);
        graph.Weights("router", Floats(hidden * experts), hidden, experts);
        graph.Weights("rows", [-1L, experts], 2);
        graph.Weights("gate_up", Bytes(experts * intermediate * hidden), experts, 2 * intermediate, hidden / 2);
        graph.Weights("gate_up_scales", Floats(experts * 2 * intermediate * hidden / block), experts, 2 * intermediate, hidden / block);
        graph.Weights("down", Bytes(experts * intermediate * hidden / 2), experts, hidden, intermediate / 2);
        graph.Weights("down_scales", Floats(experts * hidden * intermediate / block), experts, hidden, intermediate / block);
        graph.Node("MatMul", ["x", "router"], ["routed"]);
        graph.Node("Reshape", ["routed", "rows"], ["logits"]);
        graph.Node("QMoE", ["x", "logits", "gate_up", "gate_up_scales", "", "down", "down_scales"], ["y"], ("k", chosen), ("activation_type", "swiglu"), ("swiglu_fusion", 1), ("activation_alpha", 1f),
            ("activation_beta", 0f), ("normalize_routing_weights", 1), ("expert_weight_bits", 4), ("block_size", block), ("accuracy_level", 4));
        graph.Output("y", 2);
        Compare(graph, 1e-2, ("x", Floats(3 * hidden), [3, hidden])); // of activations that are rounded the other way
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 33)]
    [InlineData(130, 70)] // rows that the quarters leave, columns that vectors leave
    [InlineData(896, 1152)]
    [InlineData(64, 20_000)] // in tiles
    public void Compute_matrix_of_w8a8_gives_the_very_products_of_MatMulIntegerToFloat(int inputs, int outputs)
    {
        var graph = new TinyGraph();
        graph.Input("x", 2);
        graph.Weights("codes", [.. Bytes(inputs * outputs).Select(code => (sbyte)Math.Max(code - 128, -127))], inputs, outputs);
        graph.Weights("scales", Floats(outputs), outputs);
        graph.Weights("last", [-1L], 1);
        graph.Weights("step", [1 / 127f]);
        graph.Weights("least", [1e-30f]);
        graph.Weights("zero", [128f]);
        graph.Weights("zero_code", [(byte)128]);
        graph.Weights("one", [1f]);
        graph.Node("Abs", ["x"], ["size"]);
        graph.Node("ReduceMax", ["size", "last"], ["largest"], ("keepdims", 1));
        graph.Node("Mul", ["largest", "step"], ["span"]);
        graph.Node("Max", ["span", "least"], ["steps"]);
        graph.Node("Div", ["x", "steps"], ["ratio"]);
        graph.Node("Round", ["ratio"], ["rounded"]);
        graph.Node("Add", ["rounded", "zero"], ["shifted"]);
        graph.Node("Cast", ["shifted"], ["tokens"], ("to", 2));
        graph.Node("MatMulIntegerToFloat", ["tokens", "codes", "one", "scales", "zero_code"], ["product"]);
        graph.Node("Mul", ["product", "steps"], ["y"]);
        graph.Output("y", 2);
        Compare(graph, 0, ("x", Floats(2 * inputs), [2, inputs]));
    }

    [Theory]
    [InlineData(0, -1, false)]
    [InlineData(5, -1, true)]
    [InlineData(40, 16, false)] // a window
    [InlineData(300, -1, true)] // on several threads
    public void Compute_attention_of_one_token_gives_output_and_cache_of_GroupQueryAttention(int past, int window, bool normed)
    {
        const int queries = 6;
        const int keys = 2;
        const int width = 64;
        const int slot = 320;
        var graph = new TinyGraph();
        graph.Input("x", 3);
        graph.Input("past_key", 4);
        graph.Input("past_value", 4);
        graph.Input("seqlens_k", 1, type: 6);
        graph.Input("total", 1, type: 6);
        float[] angles = [.. Enumerable.Range(0, slot * width / 2).Select(index => (index / (width / 2)) * MathF.Pow(10_000, -2f * (index % (width / 2)) / width))];
        graph.Weights("cos", [.. angles.Select(MathF.Cos)], slot, width / 2);
        graph.Weights("sin", [.. angles.Select(MathF.Sin)], slot, width / 2);
        graph.Weights("codes", Bytes(640 * 640 / 2), 640, 10, 32); // a matrix makes it worth a rewrite
        graph.Weights("scales", Floats(640 * 10), 640, 10);
        graph.Node("MatMulNBits", ["x", "codes", "scales"], ["packed"], ("N", 640), ("K", 640), ("bits", 4), ("block_size", 64), ("accuracy_level", 4));
        (string query, string key, string value) = ("packed", "", "");
        if (normed)
        {
            graph.Weights("sizes", [queries * width, keys * width, (long)keys * width], 3);
            graph.Weights("by_head", [0L, -1, width], 3);
            graph.Node("Split", ["packed", "sizes"], ["q", "k", "v"], ("axis", -1));
            (query, key, value) = (Normed("q", queries), Normed("k", keys), "v");
        }

        graph.Node("GroupQueryAttention", [query, key, value, "past_key", "past_value", "seqlens_k", "total", "cos", "sin"], ["y", "key", "value"],
            ("num_heads", queries), ("kv_num_heads", keys), ("do_rotary", 1), ("rotary_interleaved", 0), ("local_window_size", window));
        graph.Output("y", 3);
        graph.Output("key", 4);
        graph.Output("value", 4);
        (float[] x, float[] pastKeys, float[] pastValues) = (Floats(640), Floats(keys * slot * width), Floats(keys * slot * width));
        (float[] expected, float[] expectedKeys, float[] expectedValues) = Run(own: false);
        (float[] actual, float[] actualKeys, float[] actualValues) = Run(own: true);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.All(expectedKeys.Zip(actualKeys), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.All(expectedValues.Zip(actualValues), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.NotEqual(pastKeys, actualKeys);

        string Normed(string name, int heads)
        {
            graph.Weights($"{name}_gamma", Floats(width), width);
            graph.Weights($"{name}_width", [0L, -1, heads * width], 3);
            graph.Node("Reshape", [name, "by_head"], [$"{name}_heads"]);
            graph.Node("SimplifiedLayerNormalization", [$"{name}_heads", $"{name}_gamma"], [$"{name}_norm"], ("axis", -1), ("epsilon", 1e-6f), ("stash_type", 1));
            graph.Node("Reshape", [$"{name}_norm", $"{name}_width"], [$"{name}_normed"]);
            return $"{name}_normed";
        }

        (float[] Output, float[] Keys, float[] Values) Run(bool own)
        {
            (float[] keysOfRun, float[] valuesOfRun) = ([.. pastKeys], [.. pastValues]);
            var inputs = new Dictionary<string, OrtValue>
            {
                ["x"] = OrtValue.CreateTensorValueFromMemory(x, [1, 1, 640]),
                ["past_key"] = OrtValue.CreateTensorValueFromMemory(keysOfRun, [1, keys, slot, width]),
                ["past_value"] = OrtValue.CreateTensorValueFromMemory(valuesOfRun, [1, keys, slot, width]),
                ["seqlens_k"] = OrtValue.CreateTensorValueFromMemory(new[] { past }, [1]),
                ["total"] = OrtValue.CreateTensorValueFromMemory(new[] { past + 1 }, [1]),
            };
            float[] output = graph.Run(own, inputs, ("key", "past_key"), ("value", "past_value"));
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }

            return (output, keysOfRun, valuesOfRun);
        }
    }

    private static void Compare(TinyGraph graph, double tolerance, (string Name, float[] Values, long[] Shape) input)
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape);
        var inputs = new Dictionary<string, OrtValue> { [input.Name] = value };
        float[] expected = graph.Run(own: false, inputs);
        float[] actual = graph.Run(own: true, inputs);
        double size = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance * size));
    }

    private float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
