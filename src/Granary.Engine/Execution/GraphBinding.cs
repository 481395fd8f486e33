using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>The graph's inputs and outputs bound for consecutive slots: a decode of n rows, or a prefill of one slot.</summary>
internal sealed class GraphBinding : IDisposable
{
    private readonly GraphBuffers _buffers;
    private readonly int _rows;
    private readonly List<OrtValue> _values = [];
    private OrtValue? _tokens;
    private int _tokensPerRow;

    /// <param name="session">The graph.</param>
    /// <param name="buffers">Memory of the small inputs and the logits.</param>
    /// <param name="cache">Memory of past and present of the slots' class.</param>
    /// <param name="firstInCache">The first slot, counted within its class.</param>
    /// <param name="firstSlot">The first slot, counted over all classes.</param>
    /// <param name="rows">Number of slots, B.</param>
    /// <param name="logitRows">Holds the <paramref name="rows"/> rows of [B·S] whose logits are wanted; they go to the slots' logits.</param>
    public GraphBinding(InferenceSession session, GraphBuffers buffers, KvCache cache, int firstInCache, int firstSlot, int rows, NativeBuffer logitRows)
    {
        _buffers = buffers;
        _rows = rows;
        Binding = session.CreateIoBinding();
        Input(GraphNames.SeqlensK, Int32(buffers.SeqlensBuffer, rows));
        Input(GraphNames.TotalSequenceLength, Int32(buffers.TotalBuffer, 1));
        Input(GraphNames.LogitRows, Keep(Value(TensorElementType.Int64, logitRows.Address, sizeof(long), rows)));
        nint logits = buffers.LogitsBuffer.Address + (nint)(sizeof(float) * (long)firstSlot * buffers.VocabularySize);
        Output(GraphNames.Logits, Keep(Value(TensorElementType.Float, logits, sizeof(float), rows, buffers.VocabularySize)));
        for (int layer = 0; layer < cache.Shape.Layers; layer++)
        {
            OrtValue keys = Past(cache.Shape, cache.Keys(layer, firstInCache));
            Input(GraphNames.PastKey(layer), keys);
            Output(GraphNames.PresentKey(layer), keys);
            OrtValue values = Past(cache.Shape, cache.Values(layer, firstInCache));
            Input(GraphNames.PastValue(layer), values);
            Output(GraphNames.PresentValue(layer), values);
        }
    }

    public OrtIoBinding Binding { get; }

    /// <summary>Sets the number of new tokens a row, S.</summary>
    public void BindTokens(int perRow)
    {
        if (perRow == _tokensPerRow)
        {
            return;
        }

        OrtValue tokens = Value(TensorElementType.Int64, _buffers.TokensBuffer.Address, sizeof(long), _rows, perRow);
        Input(GraphNames.InputIds, tokens);
        _tokens?.Dispose();
        _tokens = tokens;
        _tokensPerRow = perRow;
    }

    public void Dispose()
    {
        Binding.Dispose();
        _tokens?.Dispose();
        _values.ForEach(value => value.Dispose());
    }

    private void Input(string name, OrtValue value) => Binding.BindInput(name, value);

    private void Output(string name, OrtValue value) => Binding.BindOutput(name, value);

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
