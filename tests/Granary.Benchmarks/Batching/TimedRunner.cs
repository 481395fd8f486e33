using System.Diagnostics;
using Granary.Engine.Execution;

namespace Granary.Benchmarks.Batching;

/// <summary>A runner that notes how long prefill chunks take and what the engine's thread allocates between two decodes.</summary>
internal sealed class TimedRunner(IModelRunner runner) : IModelRunner
{
    private readonly List<(int Tokens, TimeSpan Time)> _chunks = new(10_000);
    private readonly List<long> _allocated = new(100_000);
    private volatile bool _records;

    public IReadOnlyList<SlotClass> Classes => runner.Classes;

    public int Slots => runner.Slots;

    public int SlotTokens => runner.SlotTokens;

    public int MaxChunkTokens => runner.MaxChunkTokens;

    public int VocabularySize => runner.VocabularySize;

    public int TokenBytes => runner.TokenBytes;

    /// <summary>Whether chunks and allocations are noted. Both lists are read while the engine is idle.</summary>
    public bool Records
    {
        get => _records;
        set
        {
            if (value)
            {
                _chunks.Clear();
                _allocated.Clear();
            }

            _records = value;
        }
    }

    /// <summary>The chunks of prompts.</summary>
    public IReadOnlyList<(int Tokens, TimeSpan Time)> Chunks => _chunks;

    /// <summary>Bytes that the engine's thread had allocated before each decode, in all its life.</summary>
    public IReadOnlyList<long> Allocated => _allocated;

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        var start = Stopwatch.GetTimestamp();
        runner.Prefill(slot, tokens, pastTokens);
        if (_records)
        {
            _chunks.Add((tokens.Length, Stopwatch.GetElapsedTime(start)));
        }
    }

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        if (_records)
        {
            _allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        }

        runner.Decode(firstSlot, tokens, pastTokens);
    }

    public Span<float> Logits(int slot) => runner.Logits(slot);

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens) => runner.TryTopLogits(slot, out logits, out tokens);

    public void CopySlot(int from, int to, int tokens) => runner.CopySlot(from, to, tokens);

    public void ReadKv(int slot, int firstToken, Span<byte> destination) => runner.ReadKv(slot, firstToken, destination);

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source) => runner.WriteKv(slot, firstToken, source);

    public void Dispose() => runner.Dispose();
}
