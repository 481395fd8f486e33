using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>
/// Runs a graph with ONNX Runtime on the CPU. One session computes prefill and decode, so the weights are packed once.
/// Past and present of a layer are bound to the same memory: the attention writes the new keys and values in place.
/// </summary>
/// <remarks>Everything the graph reads and writes lies in buffers that live as long as the runner, behind bindings that are made once for each batch size and each slot.</remarks>
internal sealed class OrtModelRunner : IModelRunner
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly KvCache _cache;
    private readonly GraphBuffers _buffers;
    private readonly GraphBinding?[] _decodeBindings; // by batch size − 1
    private readonly GraphBinding?[] _prefillBindings; // by slot

    private OrtModelRunner(InferenceSession session, KvCache cache, GraphBuffers buffers)
    {
        _session = session;
        _cache = cache;
        _buffers = buffers;
        Classes = [new SlotClass(0, Slots, SlotTokens)];
        _decodeBindings = new GraphBinding?[Slots];
        _prefillBindings = new GraphBinding?[Slots];
    }

    public IReadOnlyList<SlotClass> Classes { get; }

    public int Slots => _cache.Shape.Slots;

    public int SlotTokens => _cache.Shape.SlotTokens;

    public int MaxChunkTokens => _buffers.MaxTokens;

    public int VocabularySize => _buffers.VocabularySize;

    public int TokenBytes => _cache.Shape.TokenBytes;

    /// <summary>Bytes of the KV cache.</summary>
    public long KvCacheBytes => _cache.Shape.TotalBytes;

    /// <summary>Loads the graph and checks it against the manifest.</summary>
    /// <exception cref="InvalidDataException">The graph is unreadable or not what the manifest says.</exception>
    /// <exception cref="InvalidOperationException">The KV cache does not fit its budget.</exception>
    public static OrtModelRunner Load(ModelManifest model, string folder, EngineOptions options)
    {
        InferenceSession session = OpenSession(Path.Combine(folder, model.GraphFile), options);
        try
        {
            TensorElementType kvType = GraphContract.Check(model, session.InputMetadata, session.OutputMetadata);
            var cache = new KvCache(KvShape.Fit(model, options, kvType));
            int maxChunk = Math.Min(options.PrefillChunkTokens, cache.Shape.SlotTokens);
            return new OrtModelRunner(session, cache, new GraphBuffers(cache.Shape.Slots, maxChunk, model.VocabularySize));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        GraphBinding binding = _prefillBindings[slot] ??= new GraphBinding(_session, _buffers, _cache, firstSlot: slot, rows: 1, _buffers.LastRowBuffer);
        binding.BindTokens(tokens.Length);
        _buffers.WriteTokens(tokens);
        _buffers.SeqlensK[0] = pastTokens + tokens.Length - 1;
        _buffers.TotalSequenceLength = pastTokens + tokens.Length;
        _buffers.LastRow = tokens.Length - 1;
        _session.RunWithBinding(_runOptions, binding.Binding);
    }

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(firstSlot, 0); // one class
        int rows = tokens.Length;
        GraphBinding binding = _decodeBindings[rows - 1] ??= new GraphBinding(_session, _buffers, _cache, firstSlot: 0, rows, _buffers.DecodeRowsBuffer);
        binding.BindTokens(1);
        _buffers.WriteTokens(tokens);
        int longest = 0;
        for (int row = 0; row < rows; row++)
        {
            _buffers.SeqlensK[row] = pastTokens[row]; // total − 1
            longest = Math.Max(longest, pastTokens[row] + 1);
        }

        _buffers.TotalSequenceLength = longest;
        _session.RunWithBinding(_runOptions, binding.Binding);
    }

    public Span<float> Logits(int slot) => _buffers.Logits(slot);

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens)
    {
        logits = [];
        tokens = [];
        return false;
    }

    public void CopySlot(int from, int to, int tokens) => _cache.Copy(from, to, tokens);

    public void ReadKv(int slot, int firstToken, Span<byte> destination) => _cache.Read(slot, firstToken, destination);

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source) => _cache.Write(slot, firstToken, source);

    public void Dispose()
    {
        // Bindings and their values before the session, the session before the memory it may still point to.
        foreach (GraphBinding? binding in _decodeBindings.Concat(_prefillBindings))
        {
            binding?.Dispose();
        }

        _runOptions.Dispose();
        _session.Dispose();
        _buffers.Dispose();
        _cache.Dispose();
    }

    private static InferenceSession OpenSession(string path, EngineOptions options)
    {
        using var session = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = options.Threads ?? ProcessorTopology.PhysicalCores(),
            InterOpNumThreads = 1,
            EnableMemoryPattern = false, // a pattern is kept for each shape met, and chunks come in every length
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // the processors are shared with silos and Kestrel
        session.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        try
        {
            return new InferenceSession(path, session);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"The graph {path} cannot be loaded: {e.Message}", e);
        }
    }
}
