using Granary.Models;

namespace Granary.Engine.Execution;

/// <summary>Runs all layers of a model with ONNX Runtime on the CPU. One session computes prefill and decode, so the weights are packed once.</summary>
/// <param name="layers">From token ids to logits.</param>
/// <param name="owned">Disposed after the layers.</param>
internal sealed class OrtModelRunner(LayerRunner layers, IDisposable? owned) : IModelRunner
{
    public IReadOnlyList<SlotClass> Classes => layers.Classes;

    public int Slots => layers.Slots;

    public int SlotTokens => layers.SlotTokens;

    public int MaxChunkTokens => layers.Buffers.MaxTokens;

    public int MaxLogitRows => layers.Buffers.MaxLogitRows;

    public int VocabularySize => layers.Buffers.VocabularySize;

    public int TokenBytes => layers.TokenBytes;

    /// <summary>Loads the graph and checks it against the manifest.</summary>
    /// <exception cref="InvalidDataException">The graph is unreadable or not what the manifest says.</exception>
    /// <exception cref="InvalidOperationException">The KV cache does not fit its budget.</exception>
    public static OrtModelRunner Load(ModelManifest model, string folder, EngineOptions options)
    {
        LayerGraphs graphs = LayerGraphs.LoadWhole(model, folder, options);
        try
        {
            IReadOnlyList<KvShape> shapes = KvShape.Fit(model, options, graphs.KvType);
            return new OrtModelRunner(new LayerRunner(graphs, shapes, Math.Min(options.PrefillChunkTokens, shapes[^1].SlotTokens)), graphs);
        }
        catch
        {
            graphs.Dispose();
            throw;
        }
    }

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        layers.Buffers.WriteTokens(tokens);
        layers.RunChunk(slot, tokens.Length, pastTokens);
    }

    public void PrefillRows(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        layers.Buffers.WriteTokens(tokens);
        layers.RunChunk(slot, tokens.Length, pastTokens, everyRow: true);
        layers.Buffers.RowLogits(tokens.Length - 1).CopyTo(Logits(slot));
    }

    public ReadOnlySpan<float> RowLogits(int slot, int row) => layers.Buffers.RowLogits(row);

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        layers.Buffers.WriteTokens(tokens);
        layers.RunRows(firstSlot, pastTokens);
    }

    public Span<float> Logits(int slot) => layers.Buffers.Logits(slot);

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens)
    {
        logits = [];
        tokens = [];
        return false;
    }

    public void CopySlot(int from, int to, int tokens) => layers.CopySlot(from, to, tokens);

    public void ReadKv(int slot, int firstToken, Span<byte> destination) => layers.ReadKv(slot, firstToken, destination);

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source) => layers.WriteKv(slot, firstToken, source);

    public void Dispose()
    {
        layers.Dispose();
        owned?.Dispose();
    }
}
