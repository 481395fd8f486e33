namespace Granary.Engine.Execution;

/// <summary>Memory of the graph's small inputs and of the logits; written before and read after each run.</summary>
internal sealed class GraphBuffers : IDisposable
{
    private readonly int _slots;

    public GraphBuffers(int slots, int maxChunkTokens, int vocabularySize)
    {
        _slots = slots;
        MaxTokens = maxChunkTokens;
        VocabularySize = vocabularySize;
        TokensBuffer = new NativeBuffer(sizeof(long) * (long)Math.Max(slots, maxChunkTokens));
        SeqlensBuffer = new NativeBuffer(sizeof(int) * (long)slots);
        TotalBuffer = new NativeBuffer(sizeof(int));
        DecodeRowsBuffer = new NativeBuffer(sizeof(long) * (long)slots);
        LastRowBuffer = new NativeBuffer(sizeof(long));
        LogitsBuffer = new NativeBuffer(sizeof(float) * (long)slots * vocabularySize);
        Span<long> rows = DecodeRowsBuffer.Span<long>(0, slots);
        for (int row = 0; row < slots; row++)
        {
            rows[row] = row;
        }
    }

    public int MaxTokens { get; }

    public int VocabularySize { get; }

    public NativeBuffer TokensBuffer { get; }

    public NativeBuffer SeqlensBuffer { get; }

    public NativeBuffer TotalBuffer { get; }

    /// <summary>0, 1, …: a decode wants the logits of every row.</summary>
    public NativeBuffer DecodeRowsBuffer { get; }

    public NativeBuffer LastRowBuffer { get; }

    public NativeBuffer LogitsBuffer { get; }

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

    public void WriteTokens(ReadOnlySpan<int> tokens)
    {
        Span<long> ids = TokensBuffer.Span<long>(0, tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            ids[i] = tokens[i];
        }
    }

    public void Dispose()
    {
        TokensBuffer.Dispose();
        SeqlensBuffer.Dispose();
        TotalBuffer.Dispose();
        DecodeRowsBuffer.Dispose();
        LastRowBuffer.Dispose();
        LogitsBuffer.Dispose();
    }
}
