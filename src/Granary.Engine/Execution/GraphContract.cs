using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>Checks that a graph takes and gives what its manifest says, before anything is bound to it.</summary>
internal static class GraphContract
{
    private const int AnySize = -1; // how ONNX Runtime reports a symbolic dimension

    /// <summary>Checks a graph of the CPU, which gives whole rows of logits.</summary>
    /// <returns>Element type of the KV cache.</returns>
    /// <exception cref="InvalidDataException">Names the input or output that is missing or differs, and the model.</exception>
    public static TensorElementType Check(
        ModelManifest model, IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs) =>
        Check(new Checker(model.Name), model, inputs, outputs, outputCount: 1);

    /// <summary>Checks a graph of a GPU, which also selects the best logits of each row.</summary>
    /// <param name="model">What the graph must be.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="topLogits">How many it selects.</param>
    /// <returns>Element type of the KV cache.</returns>
    /// <exception cref="InvalidDataException">Names the input or output that is missing or differs, and the model.</exception>
    public static TensorElementType Check(
        ModelManifest model, IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs, out int topLogits)
    {
        var check = new Checker(model.Name);
        topLogits = check.Find("output", outputs, GraphNames.TopLogits).Dimensions[^1];
        check.Tensor("output", outputs, GraphNames.TopLogits, TensorElementType.Float, AnySize, topLogits);
        check.Tensor("output", outputs, GraphNames.TopTokens, TensorElementType.Int64, AnySize, topLogits);
        return Check(check, model, inputs, outputs, outputCount: 3);
    }

    private static TensorElementType Check(
        Checker check,
        ModelManifest model,
        IReadOnlyDictionary<string, NodeMetadata> inputs,
        IReadOnlyDictionary<string, NodeMetadata> outputs,
        int outputCount)
    {
        check.Tensor("input", inputs, GraphNames.InputIds, TensorElementType.Int64, AnySize, AnySize);
        check.Tensor("input", inputs, GraphNames.SeqlensK, TensorElementType.Int32, AnySize);
        check.Tensor("input", inputs, GraphNames.TotalSequenceLength, TensorElementType.Int32, 1);
        check.Tensor("input", inputs, GraphNames.LogitRows, TensorElementType.Int64, AnySize);
        check.Tensor("output", outputs, GraphNames.Logits, TensorElementType.Float, AnySize, model.VocabularySize);

        TensorElementType kvType = check.Find("input", inputs, GraphNames.PastKey(0)).ElementDataType;
        for (int layer = 0; layer < model.LayerCount; layer++)
        {
            foreach (string name in (string[])[GraphNames.PastKey(layer), GraphNames.PastValue(layer)])
            {
                check.Tensor("input", inputs, name, kvType, AnySize, model.KvHeadCount, AnySize, model.HeadDim);
            }

            foreach (string name in (string[])[GraphNames.PresentKey(layer), GraphNames.PresentValue(layer)])
            {
                check.Tensor("output", outputs, name, kvType, AnySize, model.KvHeadCount, AnySize, model.HeadDim);
            }
        }

        check.NoOthers("input", inputs, 4 + (2 * model.LayerCount));
        check.NoOthers("output", outputs, outputCount + (2 * model.LayerCount));
        return kvType;
    }

    private sealed class Checker(string model)
    {
        public NodeMetadata Find(string kind, IReadOnlyDictionary<string, NodeMetadata> nodes, string name) =>
            nodes.TryGetValue(name, out NodeMetadata? node)
                ? node
                : throw Broken($"has no {kind} '{name}'");

        public void Tensor(
            string kind, IReadOnlyDictionary<string, NodeMetadata> nodes, string name, TensorElementType type, params int[] shape)
        {
            NodeMetadata node = Find(kind, nodes, name);
            if (!node.IsTensor || node.ElementDataType != type || !Matches(node.Dimensions, shape))
            {
                throw Broken($"has {kind} '{name}' of {node.ElementDataType} [{Text(node.Dimensions)}]; {type} [{Text(shape)}] is expected");
            }
        }

        public void NoOthers(string kind, IReadOnlyDictionary<string, NodeMetadata> nodes, int expected)
        {
            if (nodes.Count != expected)
            {
                throw Broken($"has {nodes.Count} {kind}s; {expected} are expected");
            }
        }

        private static bool Matches(int[] actual, int[] expected) =>
            actual.Length == expected.Length &&
            actual.Zip(expected).All(pair => pair.First < 0 || pair.Second < 0 || pair.First == pair.Second);

        private static string Text(int[] shape) => string.Join(',', shape.Select(size => size < 0 ? "?" : $"{size}"));

        private InvalidDataException Broken(string what) =>
            new($"The graph of model '{model}' {what}. Import the model again with this version.");
    }
}
