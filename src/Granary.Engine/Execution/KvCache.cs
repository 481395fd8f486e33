using System.Runtime.CompilerServices;

namespace Granary.Engine.Execution;

/// <summary>The keys and values of all slots: for each layer two buffers [slots, KvHeads, SlotTokens, HeadDim].</summary>
internal sealed unsafe class KvCache(KvShape shape) : IDisposable
{
    private readonly NativeBuffer _buffer = new(shape.TotalBytes);

    public KvShape Shape => shape;

    /// <summary>Address of a slot's keys in a layer.</summary>
    public nint Keys(int layer, int slot) => At((2 * layer) + 0, slot);

    /// <summary>Address of a slot's values in a layer.</summary>
    public nint Values(int layer, int slot) => At((2 * layer) + 1, slot);

    /// <summary>Copies the first <paramref name="tokens"/> tokens of a slot over another.</summary>
    public void Move(int from, int to, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, shape.SlotTokens);
        uint used = checked((uint)(tokens * shape.HeadDim * shape.ElementBytes));
        for (int part = 0; part < 2 * shape.Layers; part++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                Unsafe.CopyBlock(
                    (void*)(At(part, to) + (nint)(head * shape.HeadBytes)),
                    (void*)(At(part, from) + (nint)(head * shape.HeadBytes)),
                    used);
            }
        }
    }

    public void Dispose() => _buffer.Dispose();

    private nint At(int part, int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, shape.Slots);
        return _buffer.Address + (nint)((((long)part * shape.Slots) + slot) * shape.SlotBytes);
    }
}
