using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>A graph's inputs and outputs bound for consecutive slots: a decode of n rows, or a prefill of one slot.</summary>
internal sealed class GraphBinding : IDisposable
{
    private readonly InferenceSession _session;
    private readonly StepTensor[] _stepTensors;
    private readonly OrtValue?[] _stepValues;
    private readonly int _rows;
    private readonly List<OrtValue> _values = [];
    private readonly OrtIoBinding _binding;
    private int _tokensPerRow;

    /// <param name="part">The graph.</param>
    /// <param name="oneRow">Whether every run will be of one token in one slot.</param>
    /// <param name="stepTensors">What has the shape of a step.</param>
    /// <param name="buffers">Memory of the small inputs and the logits.</param>
    /// <param name="cache">Memory of past and present of the slots' class, of these layers alone.</param>
    /// <param name="cacheLayers">The layers of the cache, of which the graph may have some.</param>
    /// <param name="firstInCache">The first slot, counted within its class.</param>
    /// <param name="firstSlot">The first slot, counted over all classes.</param>
    /// <param name="rows">Number of slots, B.</param>
    /// <param name="logitRows">Holds the <paramref name="rows"/> rows of [B·S] whose logits are wanted; they go to the slots' logits. <see langword="null"/> where <paramref name="stepTensors"/> have rows and logits.</param>
    public GraphBinding(
        GraphPart part,
        bool oneRow,
        StepTensor[] stepTensors,
        GraphBuffers buffers,
        KvCache cache,
        LayerRange cacheLayers,
        int firstInCache,
        int firstSlot,
        int rows,
        NativeBuffer? logitRows)
    {
        _session = oneRow && part.OneRow is { } session ? session : part.Session;
        _stepTensors = stepTensors;
        _stepValues = new OrtValue?[stepTensors.Length];
        _rows = rows;
        _binding = _session.CreateIoBinding();
        LayerRange layers = part.Segment.Layers;
        if (layers.Count > 0)
        {
            _binding.BindInput(GraphNames.SeqlensK, Int32(buffers.SeqlensBuffer, rows));
            _binding.BindInput(GraphNames.TotalSequenceLength, Int32(buffers.TotalBuffer, 1));
        }

        if (part.Segment.End == SegmentEnd.Logits && logitRows is not null)
        {
            _binding.BindInput(GraphNames.LogitRows, Keep(Value(TensorElementType.Int64, logitRows.Address, sizeof(long), rows)));
            nint logits = buffers.LogitsBuffer.Address + (nint)(sizeof(float) * (long)firstSlot * buffers.VocabularySize);
            _binding.BindOutput(GraphNames.Logits, Keep(Value(TensorElementType.Float, logits, sizeof(float), rows, buffers.VocabularySize)));
        }

        for (int layer = layers.First; layer < layers.End; layer++)
        {
            OrtValue keys = Past(cache.Shape, cache.Keys(layer - cacheLayers.First, firstInCache));
            _binding.BindInput(GraphNames.PastKey(layer), keys);
            _binding.BindOutput(GraphNames.PresentKey(layer), keys);
            OrtValue values = Past(cache.Shape, cache.Values(layer - cacheLayers.First, firstInCache));
            _binding.BindInput(GraphNames.PastValue(layer), values);
            _binding.BindOutput(GraphNames.PresentValue(layer), values);
        }
    }

    /// <summary>Runs the graph.</summary>
    /// <param name="tokensPerRow">New tokens a row, S.</param>
    /// <param name="options">Of the run.</param>
    public void Run(int tokensPerRow, RunOptions options)
    {
        if (tokensPerRow != _tokensPerRow)
        {
            BindStep(tokensPerRow);
        }

        _session.RunWithBinding(options, _binding);
    }

    public void Dispose()
    {
        _binding.Dispose();
        Array.ForEach(_stepValues, value => value?.Dispose());
        _values.ForEach(value => value.Dispose());
    }

    private void BindStep(int tokensPerRow)
    {
        for (int index = 0; index < _stepTensors.Length; index++)
        {
            StepTensor tensor = _stepTensors[index];
            OrtValue value = Value(tensor.Type, tensor.Buffer.Address, tensor.ElementBytes, tensor.Shape(_rows, tokensPerRow));
            if (tensor.IsOutput)
            {
                _binding.BindOutput(tensor.Name, value);
            }
            else
            {
                _binding.BindInput(tensor.Name, value);
            }

            _stepValues[index]?.Dispose();
            _stepValues[index] = value;
        }

        _tokensPerRow = tokensPerRow;
    }

    private OrtValue Int32(NativeBuffer buffer, int count) => Keep(Value(TensorElementType.Int32, buffer.Address, sizeof(int), count));

    // [B, KvHeads, SlotTokens, HeadDim]; past and present are the same value, which is what lets the graph append in place.
    private OrtValue Past(KvShape shape, nint address) =>
        Keep(Value(shape.ElementType, address, shape.ElementBytes, _rows, shape.Heads, shape.SlotTokens, shape.HeadDim));

    private OrtValue Keep(OrtValue value)
    {
        _values.Add(value);
        return value;
    }

    private static OrtValue Value(TensorElementType type, nint address, int elementBytes, params long[] shape) =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, address, shape.Aggregate((long)elementBytes, (product, size) => product * size));
}
