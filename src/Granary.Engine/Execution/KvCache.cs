using System.Runtime.CompilerServices;

namespace Granary.Engine.Execution;

/// <summary>The keys and values of one class's slots: for each layer two buffers [slots, KvHeads, SlotTokens, HeadDim]. Slots count from 0.</summary>
internal sealed unsafe class KvCache(KvShape shape) : IDisposable
{
    private readonly NativeBuffer _buffer = new(shape.TotalBytes);

    public KvShape Shape => shape;

    /// <summary>Address of a slot's keys in a layer.</summary>
    public nint Keys(int layer, int slot) => At((2 * layer) + 0, slot);

    /// <summary>Address of a slot's values in a layer.</summary>
    public nint Values(int layer, int slot) => At((2 * layer) + 1, slot);

    /// <summary>Copies the first <paramref name="tokens"/> tokens of a slot over one of the same model's caches.</summary>
    public void Copy(int from, KvCache target, int to, int tokens)
    {
        CheckTokens(0, tokens);
        target.CheckTokens(0, tokens);
        uint used = checked((uint)(tokens * TokenHeadBytes));
        for (int part = 0; part < 2 * shape.Layers; part++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                Unsafe.CopyBlock((void*)target.At(part, to, head, 0), (void*)At(part, from, head, 0), used);
            }
        }
    }

    /// <summary>Copies consecutive tokens out, as [layer][key, value][head][token][head dim].</summary>
    public void Read(int slot, int firstToken, Span<byte> destination)
    {
        int tokens = WholeTokens(firstToken, destination.Length);
        int bytes = tokens * TokenHeadBytes;
        for (int part = 0; part < 2 * shape.Layers; part++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                new ReadOnlySpan<byte>((void*)At(part, slot, head, firstToken), bytes).CopyTo(destination);
                destination = destination[bytes..];
            }
        }
    }

    /// <summary>Copies consecutive tokens in, as <see cref="Read"/> gives them.</summary>
    public void Write(int slot, int firstToken, ReadOnlySpan<byte> source)
    {
        int tokens = WholeTokens(firstToken, source.Length);
        int bytes = tokens * TokenHeadBytes;
        for (int part = 0; part < 2 * shape.Layers; part++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                source[..bytes].CopyTo(new Span<byte>((void*)At(part, slot, head, firstToken), bytes));
                source = source[bytes..];
            }
        }
    }

    public void Dispose() => _buffer.Dispose();

    private int TokenHeadBytes => shape.HeadDim * shape.ElementBytes;

    private int WholeTokens(int firstToken, int bytes)
    {
        (int tokens, int rest) = Math.DivRem(bytes, shape.TokenBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rest, 0, nameof(bytes));
        CheckTokens(firstToken, tokens);
        return tokens;
    }

    private void CheckTokens(int firstToken, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstToken);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstToken + tokens, shape.SlotTokens, nameof(tokens));
    }

    private nint At(int part, int slot, int head, int token) =>
        At(part, slot) + (nint)((head * shape.HeadBytes) + (token * TokenHeadBytes));

    private nint At(int part, int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, shape.Slots);
        return _buffer.Address + (nint)((((long)part * shape.Slots) + slot) * shape.SlotBytes);
    }
}
