using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>Checks that a graph takes and gives what its manifest says, before anything is bound to it.</summary>
internal static class GraphContract
{
    private const int AnySize = -1; // how ONNX Runtime reports a symbolic dimension

    /// <summary>Checks a graph of the CPU, which gives whole rows of logits.</summary>
    /// <returns>Element type of the KV cache; <see langword="null"/> where the segment has no layers.</returns>
    /// <exception cref="InvalidDataException">Names the input or output that is missing or differs, and the model.</exception>
    public static TensorElementType? Check(
        ModelManifest model, GraphSegment segment, IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs) =>
        Check(new Checker(model.Name), model, segment, inputs, outputs, moreOutputs: 0);

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
        return Check(check, model, GraphSegment.Whole(model.LayerCount), inputs, outputs, moreOutputs: 2)!.Value;
    }

    private static TensorElementType? Check(
        Checker check,
        ModelManifest model,
        GraphSegment segment,
        IReadOnlyDictionary<string, NodeMetadata> inputs,
        IReadOnlyDictionary<string, NodeMetadata> outputs,
        int moreOutputs)
    {
        int inputCount = CheckStart(check, model, segment, inputs);
        int outputCount = moreOutputs + CheckEnd(check, model, segment, inputs, outputs);
        inputCount += segment.End == SegmentEnd.Logits ? 1 : 0;
        if (segment.Layers.Count == 0)
        {
            check.NoOthers("input", inputs, inputCount);
            check.NoOthers("output", outputs, outputCount);
            return null;
        }

        check.Tensor("input", inputs, GraphNames.SeqlensK, TensorElementType.Int32, AnySize);
        check.Tensor("input", inputs, GraphNames.TotalSequenceLength, TensorElementType.Int32, 1);
        TensorElementType kvType = check.Find("input", inputs, GraphNames.PastKey(segment.Layers.First)).ElementDataType;
        for (int layer = segment.Layers.First; layer < segment.Layers.End; layer++)
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

        check.NoOthers("input", inputs, inputCount + 2 + (2 * segment.Layers.Count));
        check.NoOthers("output", outputs, outputCount + (2 * segment.Layers.Count));
        return kvType;
    }

    /// <returns>How many inputs a segment begins with.</returns>
    private static int CheckStart(Checker check, ModelManifest model, GraphSegment segment, IReadOnlyDictionary<string, NodeMetadata> inputs)
    {
        switch (segment.Start)
        {
            case SegmentStart.Tokens:
                check.Tensor("input", inputs, GraphNames.InputIds, TensorElementType.Int64, AnySize, AnySize);
                return 1;
            case SegmentStart.Hidden:
                check.Tensor("input", inputs, GraphNames.HiddenStates, TensorElementType.Float, AnySize, AnySize, model.HiddenSize);
                return 1;
            default:
                check.Tensor("input", inputs, GraphNames.HiddenStates, TensorElementType.Float, AnySize, AnySize, model.HiddenSize);
                check.Tensor("input", inputs, GraphNames.Delta, TensorElementType.Float, AnySize, AnySize, model.HiddenSize);
                return 2;
        }
    }

    /// <returns>How many outputs a segment ends with.</returns>
    private static int CheckEnd(
        Checker check, ModelManifest model, GraphSegment segment, IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        if (segment.End == SegmentEnd.Logits)
        {
            check.Tensor("input", inputs, GraphNames.LogitRows, TensorElementType.Int64, AnySize);
            check.Tensor("output", outputs, GraphNames.Logits, TensorElementType.Float, AnySize, model.VocabularySize);
            return 1;
        }

        check.Tensor("output", outputs, GraphNames.NextHiddenStates, TensorElementType.Float, AnySize, AnySize, model.HiddenSize);
        if (segment.End == SegmentEnd.Hidden)
        {
            return 1;
        }

        check.Tensor("output", outputs, GraphNames.ExpertInput, TensorElementType.Float, AnySize, AnySize, model.HiddenSize);
        check.Tensor("output", outputs, GraphNames.RouterLogits, TensorElementType.Float, AnySize, AnySize);
        return 3;
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
