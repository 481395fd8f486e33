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
    private readonly KvCache[] _caches; // by class
    private readonly SlotClass[] _classes;
    private readonly GraphBuffers _buffers;
    private readonly GraphBinding?[] _decodeBindings; // by the last slot of the batch, whose first is its class's
    private readonly GraphBinding?[] _prefillBindings; // by slot

    private OrtModelRunner(InferenceSession session, KvCache[] caches, GraphBuffers buffers)
    {
        _session = session;
        _caches = caches;
        _buffers = buffers;
        _classes = new SlotClass[caches.Length];
        for (int index = 0; index < caches.Length; index++)
        {
            _classes[index] = new SlotClass(Slots, caches[index].Shape.Slots, caches[index].Shape.SlotTokens);
            Slots += caches[index].Shape.Slots;
        }

        _decodeBindings = new GraphBinding?[Slots];
        _prefillBindings = new GraphBinding?[Slots];
    }

    public IReadOnlyList<SlotClass> Classes => _classes;

    public int Slots { get; }

    public int SlotTokens => _caches[^1].Shape.SlotTokens;

    public int MaxChunkTokens => _buffers.MaxTokens;

    public int VocabularySize => _buffers.VocabularySize;

    public int TokenBytes => _caches[0].Shape.TokenBytes;

    /// <summary>Loads the graph and checks it against the manifest.</summary>
    /// <exception cref="InvalidDataException">The graph is unreadable or not what the manifest says.</exception>
    /// <exception cref="InvalidOperationException">The KV cache does not fit its budget.</exception>
    public static OrtModelRunner Load(ModelManifest model, string folder, EngineOptions options)
    {
        InferenceSession session = OpenSession(Path.Combine(folder, model.GraphFile), options);
        try
        {
            TensorElementType kvType = GraphContract.Check(model, session.InputMetadata, session.OutputMetadata);
            KvCache[] caches = [.. KvShape.Fit(model, options, kvType).Select(shape => new KvCache(shape))];
            int maxChunk = Math.Min(options.PrefillChunkTokens, caches[^1].Shape.SlotTokens);
            return new OrtModelRunner(session, caches, new GraphBuffers(caches.Sum(cache => cache.Shape.Slots), maxChunk, model.VocabularySize));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        GraphBinding binding = _prefillBindings[slot] ??= NewBinding(slot, rows: 1, _buffers.LastRowBuffer);
        binding.BindTokens(tokens.Length);
        _buffers.WriteTokens(tokens);
        _buffers.SeqlensK[0] = pastTokens + tokens.Length - 1;
        _buffers.TotalSequenceLength = pastTokens + tokens.Length;
        _buffers.LastRow = tokens.Length - 1;
        _session.RunWithBinding(_runOptions, binding.Binding);
    }

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        int rows = tokens.Length;
        GraphBinding binding = _decodeBindings[firstSlot + rows - 1] ??= NewBinding(firstSlot, rows, _buffers.DecodeRowsBuffer);
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

    public void CopySlot(int from, int to, int tokens)
    {
        KvCache source = CacheOf(from, out int fromInCache);
        source.Copy(fromInCache, CacheOf(to, out int toInCache), toInCache, tokens);
    }

    public void ReadKv(int slot, int firstToken, Span<byte> destination) => CacheOf(slot, out int inCache).Read(inCache, firstToken, destination);

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source) => CacheOf(slot, out int inCache).Write(inCache, firstToken, source);

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
        Array.ForEach(_caches, cache => cache.Dispose());
    }

    private GraphBinding NewBinding(int firstSlot, int rows, NativeBuffer logitRows)
    {
        KvCache cache = CacheOf(firstSlot, out int firstInCache);
        return new GraphBinding(_session, _buffers, cache, firstInCache, firstSlot, rows, logitRows);
    }

    private KvCache CacheOf(int slot, out int inCache)
    {
        int index = 0;
        while (slot >= _classes[index].EndSlot)
        {
            index++;
        }

        inCache = slot - _classes[index].FirstSlot;
        return _caches[index];
    }

    internal static InferenceSession OpenSession(string path, EngineOptions options)
    {
        using var session = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = options.Threads ?? ProcessorTopology.PhysicalCores(),
            InterOpNumThreads = 1,
            EnableMemoryPattern = false, // a pattern is kept for each shape met, and chunks come in every length
        };
        // Threads wait for the next node without sleeping, and sleep as soon as the pass ends: the processors are shared with silos and Kestrel.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        session.AddSessionConfigEntry("session.force_spinning_stop", "1");
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
