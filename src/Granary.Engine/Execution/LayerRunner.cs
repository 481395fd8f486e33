using Granary.Models;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Execution;

/// <summary>
/// Computes consecutive layers on the CPU over a KV cache of slots of its own. Past and present of a layer are bound to the same memory: the attention writes the new
/// keys and values in place. Used by one thread at a time.
/// </summary>
/// <remarks>Everything the graphs read and write lies in buffers that live as long as this, behind bindings that are made once for each batch size and each slot.</remarks>
internal sealed class LayerRunner : IDisposable
{
    private readonly LayerGraphs _graphs;
    private readonly ILayerExperts? _experts;
    private readonly RunOptions _runOptions = new();
    private readonly KvCache[] _caches; // by class
    private readonly SlotClass[] _classes;
    private readonly StepTensor[][] _stepTensors; // by part
    private readonly StepTensor[][] _everyRowTensors; // the same where the logits of all tokens of a chunk are wanted
    private readonly GraphBinding?[][] _decodeBindings; // by part, and by the last slot of the batch, whose first is its class's
    private readonly GraphBinding?[][] _prefillBindings; // by part and slot
    private readonly GraphBinding?[][] _everyRowBindings; // by part and slot

    /// <param name="graphs">The layers; disposed by their owner, after this.</param>
    /// <param name="shapes">Sizes of the KV cache, shortest slots first.</param>
    /// <param name="maxChunkTokens">Most tokens of one prefill.</param>
    /// <param name="experts">Computes experts between two graphs; needed where there are several. Disposed with this.</param>
    public LayerRunner(LayerGraphs graphs, IReadOnlyList<KvShape> shapes, int maxChunkTokens, ILayerExperts? experts = null)
    {
        _graphs = graphs;
        _experts = experts;
        _classes = new SlotClass[shapes.Count];
        for (int index = 0; index < shapes.Count; index++)
        {
            _classes[index] = new SlotClass(Slots, shapes[index].Slots, shapes[index].SlotTokens);
            Slots += shapes[index].Slots;
        }

        _caches = [.. shapes.Select(shape => new KvCache(shape))];
        Buffers = new GraphBuffers(graphs, Slots, maxChunkTokens);
        _stepTensors = [.. graphs.Parts.Select((part, index) => Buffers.StepTensors(part, index))];
        _everyRowTensors = [.. graphs.Parts.Select((part, index) => Buffers.StepTensors(part, index, everyRow: true))];
        _decodeBindings = [.. graphs.Parts.Select(_ => new GraphBinding?[Slots])];
        _prefillBindings = [.. graphs.Parts.Select(_ => new GraphBinding?[Slots])];
        _everyRowBindings = [.. graphs.Parts.Select(_ => new GraphBinding?[Slots])];
    }

    public IReadOnlyList<SlotClass> Classes => _classes;

    public int Slots { get; }

    public int SlotTokens => _caches[^1].Shape.SlotTokens;

    /// <summary>Bytes of one token's keys and values in these layers.</summary>
    public int TokenBytes => _caches[0].Shape.TokenBytes;

    /// <summary>What goes in and comes out.</summary>
    public GraphBuffers Buffers { get; }

    /// <summary>Computes a chunk of one sequence; its input is in the buffers.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="tokens">S.</param>
    /// <param name="pastTokens">Tokens that the slot holds already.</param>
    /// <param name="everyRow">Whether the logits of all of them are wanted, and not those of the last one.</param>
    public void RunChunk(int slot, int tokens, int pastTokens, bool everyRow = false)
    {
        Buffers.SeqlensK[0] = pastTokens + tokens - 1;
        Buffers.TotalSequenceLength = pastTokens + tokens;
        Buffers.LastRow = tokens - 1;
        for (int part = 0; part < _stepTensors.Length; part++)
        {
            GraphBinding binding = everyRow
                ? _everyRowBindings[part][slot] ??= NewBinding(part, oneRow: false, _everyRowTensors, slot, rows: 1, logitRows: null)
                : _prefillBindings[part][slot] ??= NewBinding(part, oneRow: false, _stepTensors, slot, rows: 1, Buffers.LastRowBuffer);
            binding.Run(tokens, _runOptions);
            RunExperts(part, tokens);
        }
    }

    /// <summary>Computes one token for each of consecutive slots; their input is in the buffers.</summary>
    /// <param name="firstSlot">The first slot of a class.</param>
    /// <param name="pastTokens">[n], tokens that each slot holds already.</param>
    public void RunRows(int firstSlot, ReadOnlySpan<int> pastTokens)
    {
        int rows = pastTokens.Length;
        int longest = 0;
        for (int row = 0; row < rows; row++)
        {
            Buffers.SeqlensK[row] = pastTokens[row]; // total − 1
            longest = Math.Max(longest, pastTokens[row] + 1);
        }

        Buffers.TotalSequenceLength = longest;
        for (int part = 0; part < _stepTensors.Length; part++)
        {
            GraphBinding binding = _decodeBindings[part][firstSlot + rows - 1] ??= NewBinding(part, oneRow: rows == 1, _stepTensors, firstSlot, rows, Buffers.RowsBuffer);
            binding.Run(1, _runOptions);
            RunExperts(part, rows);
        }
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
        // Bindings and their values before the memory that they point to.
        foreach (GraphBinding? binding in _decodeBindings.Concat(_prefillBindings).Concat(_everyRowBindings).SelectMany(bindings => bindings))
        {
            binding?.Dispose();
        }

        _experts?.Dispose();
        _runOptions.Dispose();
        Buffers.Dispose();
        Array.ForEach(_caches, cache => cache.Dispose());
    }

    private void RunExperts(int part, int tokens)
    {
        GraphSegment segment = _graphs.Parts[part].Segment;
        if (segment.End == SegmentEnd.Router)
        {
            _experts!.Run(segment.Layers.End - 1, Buffers, tokens);
        }
    }

    private GraphBinding NewBinding(int part, bool oneRow, StepTensor[][] stepTensors, int firstSlot, int rows, NativeBuffer? logitRows)
    {
        KvCache cache = CacheOf(firstSlot, out int firstInCache);
        return new GraphBinding(
            _graphs.Parts[part], oneRow, stepTensors[part], Buffers, cache, _graphs.Segment.Layers, firstInCache, firstSlot, rows, logitRows);
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
}
