using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution.Cuda;

/// <summary>
/// Runs a graph with ONNX Runtime on a GPU. Weights and KV cache are in device memory. Decodes are replayed as CUDA graphs, one
/// for each batch bucket of each class of slots; prompts run kernel by kernel. The best logits are selected in the graph and
/// alone come back to the host.
/// </summary>
/// <remarks>
/// A batch is padded to its bucket with the slots that follow. What such a row writes into the KV cache lands behind what its
/// slot holds; its logits row is overwritten, so that the logits of a step must be read before the next step.
/// </remarks>
internal sealed class CudaModelRunner : IModelRunner
{
    private readonly CudaDevice _device;
    private readonly InferenceSession _session;
    private readonly CudaKvCache _cache;
    private readonly CudaBuffers _buffers;
    private readonly OrtMemoryInfo _memory = new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
    private readonly int[][] _buckets; // by class
    private readonly CudaDecode[][] _decodes; // by class and bucket
    private readonly NativeBuffer[] _totals; // by class
    private readonly CudaBinding?[] _prefills; // by slot

    private CudaModelRunner(CudaDevice device, InferenceSession session, CudaKvCache cache, CudaBuffers buffers)
    {
        _device = device;
        _session = session;
        _cache = cache;
        _buffers = buffers;
        Slots = cache.Classes[^1].EndSlot;
        _prefills = new CudaBinding?[Slots];
        _buckets = [.. cache.Classes.Select(slots => BatchBuckets.Of(slots.Slots))];
        _totals = [.. cache.Classes.Select(slots => TotalOf(slots.SlotTokens))];
        _decodes = [.. cache.Classes.Select((slots, index) => _buckets[index]
            .Select(rows => new CudaDecode(device, buffers, CudaBinding.ForDecode(session, _memory, buffers, cache, slots.FirstSlot, rows, _totals[index]))).ToArray())];
    }

    public IReadOnlyList<SlotClass> Classes => _cache.Classes;

    public int Slots { get; }

    public int SlotTokens => Classes[^1].SlotTokens;

    public int MaxChunkTokens => _buffers.MaxTokens;

    public int VocabularySize => _buffers.VocabularySize;

    public int TokenBytes => _cache.TokenBytes;

    /// <summary>Loads the graph, checks it against the manifest, and captures every decode.</summary>
    /// <exception cref="CudaException">GPU, driver or libraries are missing, or there is not enough device memory.</exception>
    /// <exception cref="InvalidDataException">The graph is unreadable or not what the manifest says.</exception>
    /// <exception cref="InvalidOperationException">The KV cache does not fit its budget.</exception>
    public static CudaModelRunner Load(ModelManifest model, string folder, EngineOptions options)
    {
        // Undone in the reverse order if anything fails: the session before the memory it may point to, the stream last.
        var opened = new Stack<IDisposable>();
        try
        {
            CudaDevice device = Keep(CudaDevice.Open());
            long free = CudaDevice.FreeBytes;
            InferenceSession session = Keep(CudaSession.Open(Path.Combine(folder, model.GraphFile), device.Stream));
            TensorElementType kvType = GraphContract.Check(model, session.InputMetadata, session.OutputMetadata, out int topLogits);
            var budget = DeviceMemory.Plan(options, free, CudaDevice.FreeBytes, DeviceMemory.WorkspaceFor(model, options, kvType));
            CudaKvCache cache = Keep(new CudaKvCache(device, KvShape.Fit(model, options, kvType, budget.KvCacheBytes)));
            int maxChunk = Math.Min(options.PrefillChunkTokens, cache.Classes[^1].SlotTokens);
            CudaBuffers buffers = Keep(new CudaBuffers(device, cache.Classes[^1].EndSlot, maxChunk, model.VocabularySize, topLogits));
            var runner = new CudaModelRunner(device, session, cache, buffers);
            runner.WarmUp();
            ProcessEnd.SkipLibraries();
            return runner;
        }
        catch
        {
            while (opened.TryPop(out IDisposable? resource))
            {
                try
                {
                    resource.Dispose();
                }
                catch (CudaException)
                {
                    // After a failed kernel every call fails; what happened first is what matters.
                }
            }

            throw;
        }

        T Keep<T>(T resource)
            where T : IDisposable
        {
            opened.Push(resource);
            return resource;
        }
    }

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        // What pads a chunk comes after its tokens, so that these do not see it, and lands behind what the slot holds.
        int room = Classes[_cache.ClassOf(slot)].SlotTokens + 1 - pastTokens;
        int length = ChunkLengths.For(tokens.Length, Math.Min(room, MaxChunkTokens));
        CudaBinding binding = _prefills[slot] ??= CudaBinding.ForPrefill(_session, _memory, _buffers, _cache, slot);
        binding.BindChunk(_buffers, length);
        Span<long> inputs = _buffers.HostInputs.Span<long>(0, 2 + length);
        inputs.Clear();
        inputs[0] = tokens.Length - 1; // the row whose logits are wanted
        inputs[1] = pastTokens + length - 1; // seqlens, in the low half
        for (int i = 0; i < tokens.Length; i++)
        {
            inputs[2 + i] = tokens[i];
        }

        _buffers.Total.Span<int>(0, 1)[0] = pastTokens + length;
        _cache.Hold(slot, pastTokens + tokens.Length);
        _buffers.Send(inputs.Length * sizeof(long));
        binding.Run();
        _buffers.Fetch(rows: 1);
        _buffers.Receive(slot, slots: 1, rows: 1);
    }

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        int slotClass = _cache.ClassOf(firstSlot);
        ArgumentOutOfRangeException.ThrowIfNotEqual(firstSlot, Classes[slotClass].FirstSlot);
        CudaDecode decode = _decodes[slotClass][BatchBuckets.IndexFor(_buckets[slotClass], tokens.Length)];
        Span<long> ids = _buffers.HostInputs.Span<long>(0, decode.Rows);
        Span<int> seqlens = _buffers.HostInputs.Span<int>(sizeof(long) * decode.Rows, decode.Rows);
        for (int row = 0; row < tokens.Length; row++)
        {
            ids[row] = tokens[row];
            seqlens[row] = pastTokens[row]; // total − 1
            _cache.Hold(firstSlot + row, pastTokens[row] + 1);
        }

        for (int row = tokens.Length; row < decode.Rows; row++)
        {
            ids[row] = 0;
            seqlens[row] = _cache.HeldTokens(firstSlot + row);
        }

        decode.Run();
        _buffers.Receive(firstSlot, tokens.Length, decode.Rows);
    }

    public Span<float> Logits(int slot) => _buffers.Row(slot);

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens)
    {
        logits = _buffers.TopLogits(slot);
        tokens = _buffers.TopTokens(slot);
        return true;
    }

    public void CopySlot(int from, int to, int tokens) => _cache.Copy(from, to, tokens);

    public void ReadKv(int slot, int firstToken, Span<byte> destination) => _cache.Read(slot, firstToken, destination);

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source) => _cache.Write(slot, firstToken, source);

    public void Dispose()
    {
        // Graphs, bindings and their values before the session, the session before the memory it may still point to.
        foreach (IDisposable? run in _decodes.SelectMany(decodes => decodes).Concat<IDisposable?>(_prefills))
        {
            run?.Dispose();
        }

        _session.Dispose();
        foreach (NativeBuffer total in _totals)
        {
            total.Dispose();
        }

        _memory.Dispose();
        _buffers.Dispose();
        _cache.Dispose();
        _device.Dispose();
    }

    // The largest shapes first, so that no later run makes the arena grow; then each decode, which is recorded once it has run.
    private void WarmUp()
    {
        foreach (int length in ChunkLengths.UpTo(MaxChunkTokens))
        {
            Prefill(Slots - 1, new int[length], 0);
        }

        for (int slotClass = Classes.Count - 1; slotClass >= 0; slotClass--)
        {
            for (int bucket = _buckets[slotClass].Length - 1; bucket >= 0; bucket--)
            {
                int rows = _buckets[slotClass][bucket];
                Decode(Classes[slotClass].FirstSlot, new int[rows], new int[rows]);
                _decodes[slotClass][bucket].Record();
            }
        }

        for (int slot = 0; slot < Slots; slot++)
        {
            _cache.Hold(slot, 0);
        }
    }

    private static NativeBuffer TotalOf(int tokens)
    {
        var total = new NativeBuffer(sizeof(int));
        total.Span<int>(0, 1)[0] = tokens;
        return total;
    }
}
