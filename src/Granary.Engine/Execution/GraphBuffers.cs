using Granary.Models;

namespace Granary.Engine.Execution;

/// <summary>Memory of what goes into graphs, between them and out of them; written before and read after each run.</summary>
internal sealed class GraphBuffers : IDisposable
{
    // Bounds the logits that are held at once: 32 rows of a vocabulary of 150,000 are 19 MB, and cost nothing until somebody asks for them.
    private const int MostLogitRows = 32;

    private readonly int _slots;
    private readonly int _hiddenSize;
    private readonly int _parts;
    private readonly List<NativeBuffer> _buffers = [];

    // The graphs of a step read one of these and write the other, in turn.
    private readonly NativeBuffer[] _hidden;

    public GraphBuffers(LayerGraphs graphs, int slots, int maxChunkTokens)
    {
        _slots = slots;
        _hiddenSize = graphs.Model.HiddenSize;
        _parts = graphs.Parts.Count;
        MaxTokens = maxChunkTokens;
        MaxLogitRows = Math.Min(MostLogitRows, maxChunkTokens);
        VocabularySize = graphs.Model.VocabularySize;
        long tokens = Math.Max(slots, maxChunkTokens);
        bool hasExperts = _parts > 1;
        bool hasHidden = hasExperts || graphs.Segment.Start != SegmentStart.Tokens || graphs.Segment.End != SegmentEnd.Logits;
        int experts = graphs.Parts.Max(part => part.Segment.End == SegmentEnd.Router ? part.Session.OutputMetadata[GraphNames.RouterLogits].Dimensions[^1] : 0);
        TokensBuffer = New(sizeof(long) * tokens);
        SeqlensBuffer = New(sizeof(int) * (long)slots);
        TotalBuffer = New(sizeof(int));
        int mostRows = Math.Max(slots, MaxLogitRows);
        RowsBuffer = New(sizeof(long) * (long)mostRows);
        LastRowBuffer = New(sizeof(long));
        RowLogitsBuffer = New(graphs.Segment.End == SegmentEnd.Logits ? sizeof(float) * (long)MaxLogitRows * VocabularySize : 0);
        LogitsBuffer = New(graphs.Segment.End == SegmentEnd.Logits ? sizeof(float) * (long)slots * VocabularySize : 0);
        _hidden = [New(hasHidden ? sizeof(float) * tokens * _hiddenSize : 0), New(hasHidden ? sizeof(float) * tokens * _hiddenSize : 0)];
        DeltaBuffer = New(hasExperts ? sizeof(float) * tokens * _hiddenSize : 0);
        ExpertInputBuffer = New(hasExperts ? sizeof(float) * tokens * _hiddenSize : 0);
        RouterLogitsBuffer = New(sizeof(float) * tokens * experts);
        Span<long> rows = RowsBuffer.Span<long>(0, mostRows);
        for (int row = 0; row < mostRows; row++)
        {
            rows[row] = row;
        }
    }

    public int MaxTokens { get; }

    /// <summary>Most tokens of a chunk whose logits can all be had.</summary>
    public int MaxLogitRows { get; }

    public int VocabularySize { get; }

    public int HiddenSize => _hiddenSize;

    public NativeBuffer TokensBuffer { get; }

    public NativeBuffer SeqlensBuffer { get; }

    public NativeBuffer TotalBuffer { get; }

    /// <summary>0, 1, …: a decode wants the logits of every row, and so does a chunk whose tokens all get log-probabilities.</summary>
    public NativeBuffer RowsBuffer { get; }

    public NativeBuffer LastRowBuffer { get; }

    public NativeBuffer LogitsBuffer { get; }

    /// <summary>Logits of every token of a chunk [S, V].</summary>
    public NativeBuffer RowLogitsBuffer { get; }

    /// <summary>What experts add to the hidden states.</summary>
    public NativeBuffer DeltaBuffer { get; }

    public NativeBuffer ExpertInputBuffer { get; }

    public NativeBuffer RouterLogitsBuffer { get; }

    public Span<int> SeqlensK => SeqlensBuffer.Span<int>(0, _slots);

    public int TotalSequenceLength
    {
        set => TotalBuffer.Span<int>(0, 1)[0] = value;
    }

    /// <summary>The row whose logits a prefill wants.</summary>
    public int LastRow
    {
        set => LastRowBuffer.Span<long>(0, 1)[0] = value;
    }

    public Span<float> Logits(int slot) => LogitsBuffer.Span<float>((long)slot * VocabularySize, VocabularySize);

    /// <summary>Logits of one token of a chunk all of whose logits were wanted.</summary>
    public Span<float> RowLogits(int row) => RowLogitsBuffer.Span<float>((long)row * VocabularySize, VocabularySize);

    /// <summary>What experts take [T, H].</summary>
    public ReadOnlySpan<float> ExpertInput(int tokens) => ExpertInputBuffer.Span<float>(0, tokens * _hiddenSize);

    /// <summary>Router logits [T, experts].</summary>
    public ReadOnlySpan<float> RouterLogits(int tokens, int experts) => RouterLogitsBuffer.Span<float>(0, tokens * experts);

    /// <summary>What experts give [T, H].</summary>
    public Span<float> Delta(int tokens) => DeltaBuffer.Span<float>(0, tokens * _hiddenSize);

    /// <summary>Hidden states that go in [T, H], where the layers begin with them.</summary>
    public Span<float> HiddenIn(int tokens) => _hidden[0].Span<float>(0, tokens * _hiddenSize);

    /// <summary>Hidden states that come out [T, H], where the layers end with them.</summary>
    public Span<float> HiddenOut(int tokens) => _hidden[_parts % 2].Span<float>(0, tokens * _hiddenSize);

    public void WriteTokens(ReadOnlySpan<int> tokens)
    {
        Span<long> ids = TokensBuffer.Span<long>(0, tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            ids[i] = tokens[i];
        }
    }

    /// <summary>What one of the graphs reads and writes in the shape of a step.</summary>
    /// <param name="part">The graph.</param>
    /// <param name="index">Its place among them.</param>
    /// <param name="everyRow">Whether the logits of every token are wanted, and not those of a sequence's last one.</param>
    public StepTensor[] StepTensors(GraphPart part, int index, bool everyRow = false)
    {
        (NativeBuffer before, NativeBuffer after) = (_hidden[index % 2], _hidden[(index + 1) % 2]);
        List<StepTensor> tensors = [];
        if (part.Segment.Start == SegmentStart.Tokens)
        {
            tensors.Add(new StepTensor(GraphNames.InputIds, TokensBuffer, 0));
        }
        else
        {
            tensors.Add(new StepTensor(GraphNames.HiddenStates, before, _hiddenSize));
        }

        if (part.Segment.Start == SegmentStart.HiddenAndDelta)
        {
            tensors.Add(new StepTensor(GraphNames.Delta, DeltaBuffer, _hiddenSize));
        }

        if (part.Segment.End != SegmentEnd.Logits)
        {
            tensors.Add(new StepTensor(GraphNames.NextHiddenStates, after, _hiddenSize, IsOutput: true));
        }

        if (part.Segment.End == SegmentEnd.Router)
        {
            int experts = part.Session.OutputMetadata[GraphNames.RouterLogits].Dimensions[^1];
            tensors.Add(new StepTensor(GraphNames.ExpertInput, ExpertInputBuffer, _hiddenSize, IsOutput: true));
            tensors.Add(new StepTensor(GraphNames.RouterLogits, RouterLogitsBuffer, experts, IsFlat: true, IsOutput: true));
        }

        if (part.Segment.End == SegmentEnd.Logits && everyRow)
        {
            tensors.Add(new StepTensor(GraphNames.LogitRows, RowsBuffer, 0, IsFlat: true));
            tensors.Add(new StepTensor(GraphNames.Logits, RowLogitsBuffer, VocabularySize, IsFlat: true, IsOutput: true));
        }

        return [.. tensors];
    }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private NativeBuffer New(long bytes)
    {
        var buffer = new NativeBuffer(bytes);
        _buffers.Add(buffer);
        return buffer;
    }
}
