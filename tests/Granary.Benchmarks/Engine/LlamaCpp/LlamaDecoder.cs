namespace Granary.Benchmarks.Engine.LlamaCpp;

/// <summary>llama.cpp's forward pass, without its sampler.</summary>
internal sealed unsafe class LlamaDecoder : IDecoder, IDisposable
{
    private readonly LlamaModel _model;
    private readonly LlamaThreads _threads;
    private readonly nint _context;
    private readonly LlamaNative.Batch _storage;
    private int _firstRow; // place in the last batch of the first token whose logits were wanted

    public LlamaDecoder(LlamaModel model, LlamaSettings settings, int sequences, int sequenceTokens, int maxBatch)
    {
        _model = model;
        Settings = settings;
        var parameters = LlamaNative.llama_context_default_params();
        parameters.ContextTokens = (uint)(sequences * sequenceTokens);
        parameters.BatchTokens = (uint)maxBatch;
        parameters.MicroBatchTokens = (uint)settings.MicroBatch;
        parameters.Sequences = (uint)sequences;
        parameters.Threads = parameters.BatchThreads = settings.Threads;
        parameters.FlashAttention = settings.FlashAttention ? 1 : 0;
        parameters.UnifiedKv = settings.UnifiedKv ? (byte)1 : (byte)0;
        _context = LlamaNative.llama_init_from_model(model.Handle, parameters);
        if (_context == 0)
        {
            throw new InvalidOperationException($"llama.cpp makes no context with {settings}.");
        }

        _threads = new LlamaThreads(settings.Threads);
        LlamaNative.llama_attach_threadpool(_context, _threads.Handle, _threads.Handle);
        _storage = LlamaNative.llama_batch_init(maxBatch, 0, 1);
    }

    public LlamaSettings Settings { get; }

    public void Begin()
    {
        LlamaNative.llama_memory_clear(LlamaNative.llama_get_memory(_context), data: false);
        _threads.Resume();
    }

    public void End() => _threads.Pause();

    public void Prefill(int sequence, ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            Set(i, tokens[i], i, sequence, wantsLogits: i == tokens.Length - 1);
        }

        Run(tokens.Length, firstRow: tokens.Length - 1);
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            Set(i, tokens[i], positions[i], i, wantsLogits: true);
        }

        Run(tokens.Length, firstRow: 0);
    }

    public ReadOnlySpan<float> Logits(int row) =>
        new(LlamaNative.llama_get_logits_ith(_context, _firstRow + row), _model.VocabularySize);

    public void Dispose()
    {
        LlamaNative.llama_batch_free(_storage);
        LlamaNative.llama_free(_context);
        _threads.Dispose();
    }

    private void Set(int index, int token, int position, int sequence, bool wantsLogits)
    {
        _storage.Token[index] = token;
        _storage.Position[index] = position;
        _storage.SequenceCount[index] = 1;
        _storage.SequenceIds[index][0] = sequence;
        _storage.WantsLogits[index] = wantsLogits ? (sbyte)1 : (sbyte)0;
    }

    private void Run(int tokens, int firstRow)
    {
        _firstRow = firstRow;
        var batch = _storage;
        batch.Tokens = tokens;
        var status = LlamaNative.llama_decode(_context, batch);
        if (status != 0)
        {
            throw new InvalidOperationException($"llama_decode of {tokens} tokens: {status}.");
        }

        LlamaNative.llama_synchronize(_context);
    }
}
