using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution.Cuda;

/// <summary>The graph's inputs and outputs bound to device memory for consecutive slots.</summary>
internal sealed class CudaBinding : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtMemoryInfo _memory;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly List<OrtValue> _values = [];
    private OrtValue? _tokens;
    private int _tokensPerRow;

    private CudaBinding(InferenceSession session, OrtMemoryInfo memory, int rows)
    {
        _session = session;
        _memory = memory;
        Rows = rows;
        _binding = session.CreateIoBinding();
        _options.AddRunConfigEntry("gpu_graph_id", "-1"); // kernel by kernel: CudaGraph records what is replayed

        // What reads the outputs follows on the same stream.
        _options.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
    }

    /// <summary>Rows of the batch, B.</summary>
    public int Rows { get; }

    /// <summary>One token for each of consecutive slots. What a CUDA graph records is fixed: <paramref name="total"/>, too, is read once.</summary>
    /// <param name="session">The graph.</param>
    /// <param name="memory">Says that addresses are the device's.</param>
    /// <param name="buffers">Small inputs and outputs.</param>
    /// <param name="cache">Past and present.</param>
    /// <param name="firstSlot">The first slot.</param>
    /// <param name="rows">Number of slots, B.</param>
    /// <param name="total">Holds the tokens of a slot: the longest that a sequence can get.</param>
    public static CudaBinding ForDecode(
        InferenceSession session, OrtMemoryInfo memory, CudaBuffers buffers, CudaKvCache cache, int firstSlot, int rows, NativeBuffer total)
    {
        var binding = new CudaBinding(session, memory, rows);
        nint seqlens = buffers.Inputs.Address + (sizeof(long) * rows);
        binding.BindAll(buffers, cache, firstSlot, seqlens, total, buffers.DecodeRows.Address);
        binding.BindTokens(buffers.Inputs.Address, 1);
        return binding;
    }

    /// <summary>A chunk of one slot's prompt; its length is set by <see cref="BindChunk"/>.</summary>
    public static CudaBinding ForPrefill(InferenceSession session, OrtMemoryInfo memory, CudaBuffers buffers, CudaKvCache cache, int slot)
    {
        var binding = new CudaBinding(session, memory, rows: 1);
        binding.BindAll(buffers, cache, slot, buffers.Inputs.Address + sizeof(long), buffers.Total, buffers.Inputs.Address);
        return binding;
    }

    /// <summary>Sets the number of new tokens of a prefill, S.</summary>
    public void BindChunk(CudaBuffers buffers, int tokens) => BindTokens(buffers.Inputs.Address + (2 * sizeof(long)), tokens);

    /// <summary>Gives the forward pass to the stream.</summary>
    public void Run() => _session.RunWithBinding(_options, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
        _tokens?.Dispose();
        _values.ForEach(value => value.Dispose());
    }

    private void BindTokens(nint address, int perRow)
    {
        if (perRow != _tokensPerRow)
        {
            OrtValue tokens = Value(_memory, TensorElementType.Int64, address, sizeof(long), Rows, perRow);
            _binding.BindInput(GraphNames.InputIds, tokens);
            _tokens?.Dispose();
            _tokens = tokens;
            _tokensPerRow = perRow;
        }
    }

    private void BindAll(CudaBuffers buffers, CudaKvCache cache, int firstSlot, nint seqlens, NativeBuffer total, nint logitRows)
    {
        Input(GraphNames.SeqlensK, Value(_memory, TensorElementType.Int32, seqlens, sizeof(int), Rows));
        Input(GraphNames.TotalSequenceLength, Value(OrtMemoryInfo.DefaultInstance, TensorElementType.Int32, total.Address, sizeof(int), 1));
        Input(GraphNames.LogitRows, Value(_memory, TensorElementType.Int64, logitRows, sizeof(long), Rows));
        Output(GraphNames.Logits, Value(_memory, TensorElementType.Float, buffers.LogitsOf(firstSlot), sizeof(float), Rows, buffers.VocabularySize));
        Output(GraphNames.TopLogits, Value(_memory, TensorElementType.Float, buffers.Top.Address, sizeof(float), Rows, buffers.TopK));
        Output(GraphNames.TopTokens, Value(_memory, TensorElementType.Int64, buffers.TopIdsOf(Rows), sizeof(long), Rows, buffers.TopK));
        KvShape shape = cache.ShapeOf(cache.ClassOf(firstSlot));
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            Past(GraphNames.PastKey(layer), GraphNames.PresentKey(layer), shape, cache.Keys(layer, firstSlot));
            Past(GraphNames.PastValue(layer), GraphNames.PresentValue(layer), shape, cache.Values(layer, firstSlot));
        }
    }

    // [B, KvHeads, capacity, HeadDim]; past and present are the same value, which is what lets the graph append in place.
    private void Past(string past, string present, KvShape shape, nint address)
    {
        OrtValue value = Value(_memory, shape.ElementType, address, shape.ElementBytes, Rows, shape.Heads, shape.SlotTokens, shape.HeadDim);
        Input(past, value);
        _binding.BindOutput(present, value);
    }

    private void Input(string name, OrtValue value)
    {
        _values.Add(value);
        _binding.BindInput(name, value);
    }

    private void Output(string name, OrtValue value)
    {
        _values.Add(value);
        _binding.BindOutput(name, value);
    }

    private static OrtValue Value(OrtMemoryInfo memory, TensorElementType type, nint address, int elementBytes, params long[] shape) =>
        OrtValue.CreateTensorValueWithData(memory, type, shape, address, shape.Aggregate((long)elementBytes, (product, size) => product * size));
}
