using System.Runtime.InteropServices;
using Granary.Engine.Execution;

namespace Granary.Engine.Tests.Toy;

/// <summary>
/// A model without ONNX Runtime: its "keys and values" are the tokens themselves, and its logits are a hash of all that
/// the slot holds. A wrong slot, a wrong length or a stale token changes every token after it.
/// </summary>
internal sealed class ToyRunner : IModelRunner
{
    private readonly int[][] _slots;
    private readonly float[][] _logits;
    private readonly int _maxChunkTokens;
    private readonly int _vocabularySize;
    private int[] _topTokens = [];
    private float[] _topLogits = [];
    private float[][] _rowLogits = [];

    public ToyRunner(int slots, int slotTokens, int maxChunkTokens = 64, int vocabularySize = 101)
        : this([(slotTokens, slots)], maxChunkTokens, vocabularySize)
    {
    }

    /// <param name="classes">Tokens and number of each class's slots, shortest first.</param>
    public ToyRunner((int Tokens, int Slots)[] classes, int maxChunkTokens = 64, int vocabularySize = 101)
    {
        _maxChunkTokens = maxChunkTokens;
        _vocabularySize = vocabularySize;
        List<SlotClass> slots = [];
        foreach ((int tokens, int count) in classes)
        {
            slots.Add(new SlotClass(Slots, count, tokens));
            Slots += count;
        }

        Classes = slots;
        _slots = [.. slots.SelectMany(range => Enumerable.Range(0, range.Slots).Select(_ => new int[range.SlotTokens]))];
        _logits = [.. _slots.Select(_ => new float[vocabularySize])];
    }

    public int Slots { get; }

    public int SlotTokens => Classes[^1].SlotTokens;

    public IReadOnlyList<SlotClass> Classes { get; }

    /// <summary>Bytes of a token's "keys and values": the token, and zeros.</summary>
    public int TokenBytes { get; set; } = sizeof(int);

    public int MaxChunkTokens => _maxChunkTokens;

    /// <summary>Rows of logits that a pass can give.</summary>
    public int MaxLogitRows
    {
        get => Math.Max(1, _rowLogits.Length);
        set => _rowLogits = [.. Enumerable.Range(0, value).Select(_ => new float[_vocabularySize])];
    }

    public int VocabularySize => _vocabularySize;

    public bool IsDisposed { get; private set; }

    /// <summary>How many of a row's best logits <see cref="TryTopLogits"/> selects; 0 is none, as on a device that has only whole rows.</summary>
    public int TopLogits
    {
        get => _topTokens.Length;
        set => (_topTokens, _topLogits) = (new int[value], new float[value]);
    }

    /// <summary>Whole rows that were asked for.</summary>
    public int Rows { get; private set; }

    public int Copies { get; private set; }

    /// <summary>Tokens that went through forward passes.</summary>
    public long ComputedTokens { get; private set; }

    /// <summary>Tokens whose "keys and values" were read out of slots.</summary>
    public long ReadTokens { get; private set; }

    /// <summary>Called before each forward pass, with the slots' token counts after it; may block or throw.</summary>
    public Action<ToyCall>? Before { get; set; }

    /// <summary>Called before keys and values are copied, read or written; may throw, as a broken device does.</summary>
    public Action? BeforeMove { get; set; }

    /// <summary>Changes a row of logits after it was computed.</summary>
    public Action<int[], float[]>? Distort { get; set; }

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        Check(tokens.Length >= 1 && tokens.Length <= _maxChunkTokens, "chunk length");
        Before?.Invoke(new ToyCall(IsDecode: false, Rows: 1, tokens.Length));
        ComputedTokens += tokens.Length;
        tokens.CopyTo(_slots[slot].AsSpan(pastTokens));
        Compute(slot, pastTokens + tokens.Length);
    }

    public void PrefillRows(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        if (_rowLogits.Length == 0)
        {
            Check(tokens.Length == 1, "one row a pass");
            Prefill(slot, tokens, pastTokens);
            return;
        }

        Check(tokens.Length >= 1 && tokens.Length <= _rowLogits.Length, "rows of a chunk");
        Before?.Invoke(new ToyCall(IsDecode: false, Rows: 1, tokens.Length));
        ComputedTokens += tokens.Length;
        tokens.CopyTo(_slots[slot].AsSpan(pastTokens));
        for (int row = 0; row < tokens.Length; row++)
        {
            Compute(slot, pastTokens + row + 1);
            _logits[slot].CopyTo(_rowLogits[row], 0);
        }
    }

    public ReadOnlySpan<float> RowLogits(int slot, int row) => _rowLogits.Length == 0 ? Logits(slot) : _rowLogits[row];

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        Check(tokens.Length == pastTokens.Length, "one past a token");
        Check(IsClassWith(firstSlot, tokens.Length), "slots of one class, from its first");
        Before?.Invoke(new ToyCall(IsDecode: true, tokens.Length, 1));
        ComputedTokens += tokens.Length;
        for (int row = 0; row < tokens.Length; row++)
        {
            _slots[firstSlot + row][pastTokens[row]] = tokens[row];
            Compute(firstSlot + row, pastTokens[row] + 1);
        }
    }

    public Span<float> Logits(int slot)
    {
        Rows++;
        return _logits[slot];
    }

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens)
    {
        logits = _topLogits;
        tokens = _topTokens;
        float[] row = _logits[slot];
        for (int i = 0; i < TopLogits; i++)
        {
            int best = -1;
            for (int id = 0; id < row.Length; id++)
            {
                if ((best < 0 || row[id] > row[best]) && !_topTokens.AsSpan(0, i).Contains(id))
                {
                    best = id;
                }
            }

            (_topTokens[i], _topLogits[i]) = (best, row[best]);
        }

        return TopLogits > 0;
    }

    public void CopySlot(int from, int to, int tokens)
    {
        BeforeMove?.Invoke();
        Copies++;
        Array.Copy(_slots[from], _slots[to], tokens);
        Array.Fill(_slots[to], -1, tokens, _slots[to].Length - tokens);
    }

    public void ReadKv(int slot, int firstToken, Span<byte> destination)
    {
        BeforeMove?.Invoke();
        int tokens = destination.Length / TokenBytes;
        ReadTokens += tokens;
        for (int token = 0; token < tokens; token++)
        {
            MemoryMarshal.Write(destination[(token * TokenBytes)..], _slots[slot][firstToken + token]);
        }
    }

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source)
    {
        BeforeMove?.Invoke();
        for (int token = 0; token < source.Length / TokenBytes; token++)
        {
            _slots[slot][firstToken + token] = MemoryMarshal.Read<int>(source[(token * TokenBytes)..]);
        }
    }

    public void Dispose() => IsDisposed = true;

    // Unlike an assertion, allocates nothing.
    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }

    private bool IsClassWith(int firstSlot, int count)
    {
        for (int index = 0; index < Classes.Count; index++)
        {
            if (Classes[index].FirstSlot == firstSlot && Classes[index].Slots >= count)
            {
                return true;
            }
        }

        return false;
    }

    private void Compute(int slot, int length)
    {
        uint hash = 2166136261;
        foreach (int token in _slots[slot].AsSpan(0, length))
        {
            Check((uint)token < (uint)_vocabularySize, "a token that was never written");
            hash = (hash ^ (uint)token) * 16777619;
        }

        for (int id = 0; id < _vocabularySize; id++)
        {
            uint mixed = (hash ^ (uint)(id * 0x9E3779B9)) * 0x85EBCA6B;
            mixed ^= mixed >> 13;
            mixed *= 0xC2B2AE35;
            mixed ^= mixed >> 16;
            _logits[slot][id] = (mixed & 0xFFFF) / 8192f;
        }

        Distort?.Invoke(_slots[slot][..length], _logits[slot]);
    }
}

/// <summary>A forward pass about to run.</summary>
internal readonly record struct ToyCall(bool IsDecode, int Rows, int TokensPerRow);
