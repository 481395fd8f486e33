using System.Diagnostics;
using Granary.Engine.Execution;

namespace Granary.Benchmarks.Gpu;

/// <summary>A runner that adds up what its forward passes and its moves take.</summary>
internal sealed class ClockedRunner(IModelRunner runner) : IModelRunner
{
    private long _prefills;
    private long _decodes;
    private long _moves;

    public TimeSpan Prefills => Stopwatch.GetElapsedTime(0, _prefills);

    public TimeSpan Decodes => Stopwatch.GetElapsedTime(0, _decodes);

    /// <summary>Copies of keys and values between slots, to the host and back.</summary>
    public TimeSpan Moves => Stopwatch.GetElapsedTime(0, _moves);

    public IReadOnlyList<SlotClass> Classes => runner.Classes;

    public int Slots => runner.Slots;

    public int SlotTokens => runner.SlotTokens;

    public int MaxChunkTokens => runner.MaxChunkTokens;

    public int VocabularySize => runner.VocabularySize;

    public int TokenBytes => runner.TokenBytes;

    /// <summary>Begins anew, while the engine is idle.</summary>
    public void Reset() => (_prefills, _decodes, _moves) = (0, 0, 0);

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        var start = Stopwatch.GetTimestamp();
        runner.Prefill(slot, tokens, pastTokens);
        _prefills += Stopwatch.GetTimestamp() - start;
    }

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        var start = Stopwatch.GetTimestamp();
        runner.Decode(firstSlot, tokens, pastTokens);
        _decodes += Stopwatch.GetTimestamp() - start;
    }

    public Span<float> Logits(int slot) => runner.Logits(slot);

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens) => runner.TryTopLogits(slot, out logits, out tokens);

    public void CopySlot(int from, int to, int tokens)
    {
        var start = Stopwatch.GetTimestamp();
        runner.CopySlot(from, to, tokens);
        _moves += Stopwatch.GetTimestamp() - start;
    }

    public void ReadKv(int slot, int firstToken, Span<byte> destination)
    {
        var start = Stopwatch.GetTimestamp();
        runner.ReadKv(slot, firstToken, destination);
        _moves += Stopwatch.GetTimestamp() - start;
    }

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source)
    {
        var start = Stopwatch.GetTimestamp();
        runner.WriteKv(slot, firstToken, source);
        _moves += Stopwatch.GetTimestamp() - start;
    }

    public void Dispose() => runner.Dispose();
}
