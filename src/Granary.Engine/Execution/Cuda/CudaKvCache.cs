using System.Runtime.InteropServices;

namespace Granary.Engine.Execution.Cuda;

/// <summary>
/// The keys and values of all slots in device memory: for each class of slots one allocation
/// [layer][keys, values][slot][KvHeads][capacity][HeadDim].
/// </summary>
/// <remarks>
/// A slot's capacity is at least one token more than it holds. Rows that pad a batch write their keys and values behind what
/// their slot holds (<see cref="HeldTokens"/>), so they never touch a live sequence, not even one that fills its slot.
/// </remarks>
internal sealed unsafe class CudaKvCache : IDisposable
{
    private const int CapacityStep = 64; // the manifest's contract
    private const long StagingBytes = 8L << 20;

    private readonly CudaDevice _device;
    private readonly KvShape _shape;
    private readonly List<Region> _regions = [];
    private readonly int[] _held;
    private PinnedBuffer? _staging;

    /// <param name="device">The GPU.</param>
    /// <param name="shapes">One for each class of slots, shortest first.</param>
    /// <exception cref="CudaException">They do not fit.</exception>
    public CudaKvCache(CudaDevice device, IReadOnlyList<KvShape> shapes)
    {
        _device = device;
        _shape = shapes[0];
        _held = new int[shapes.Sum(shape => shape.Slots)];
        int firstSlot = 0;
        try
        {
            foreach (KvShape shape in shapes)
            {
                KvShape padded = shape with { SlotTokens = (shape.SlotTokens + CapacityStep) / CapacityStep * CapacityStep };
                _regions.Add(new Region(new SlotClass(firstSlot, shape.Slots, shape.SlotTokens), padded, new DeviceBuffer(device, padded.TotalBytes)));
                firstSlot += shape.Slots;
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        Classes = [.. _regions.Select(region => region.Slots)];
    }

    public IReadOnlyList<SlotClass> Classes { get; }

    public int TokenBytes => _shape.TokenBytes;

    /// <summary>The class of a slot, by number.</summary>
    public int ClassOf(int slot)
    {
        for (int index = 0; index < _regions.Count; index++)
        {
            if (_regions[index].Slots.Contains(slot))
            {
                return index;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(slot), slot, "No such slot.");
    }

    /// <summary>[slots of the class, KvHeads, capacity, HeadDim]: how the keys, or values, of a layer lie.</summary>
    public KvShape ShapeOf(int slotClass) => _regions[slotClass].Shape;

    /// <summary>Address of a slot's keys in a layer.</summary>
    public nint Keys(int layer, int slot) => _regions[ClassOf(slot)].At((2 * layer) + 0, slot, 0);

    /// <summary>Address of a slot's values in a layer.</summary>
    public nint Values(int layer, int slot) => _regions[ClassOf(slot)].At((2 * layer) + 1, slot, 0);

    /// <summary>Tokens of a slot that may belong to a sequence; what lies behind them belongs to nobody.</summary>
    public int HeldTokens(int slot) => _held[slot];

    /// <summary>Notes what a slot holds now.</summary>
    public void Hold(int slot, int tokens) => _held[slot] = tokens;

    /// <summary>Copies the first <paramref name="tokens"/> tokens of a slot over another, in the stream's order.</summary>
    public void Copy(int from, int to, int tokens)
    {
        Region source = _regions[ClassOf(from)];
        Region destination = _regions[ClassOf(to)];
        source.CheckTokens(0, tokens);
        destination.CheckTokens(0, tokens);
        Hold(to, tokens);
        if (tokens > 0)
        {
            CudaCopy3D copy = Pieces(tokens, parts: 2 * _shape.Layers);
            copy.From(source.At(0, from, 0), source.Shape.HeadBytes, source.RowsOfPart);
            copy.To(destination.At(0, to, 0), destination.Shape.HeadBytes, destination.RowsOfPart);
            _device.Copy(copy);
        }
    }

    /// <summary>Copies consecutive tokens out, as [layer][key, value][head][token][head dim].</summary>
    public void Read(int slot, int firstToken, Span<byte> destination)
    {
        Region region = _regions[ClassOf(slot)];
        int tokens = region.WholeTokens(firstToken, destination.Length);
        foreach ((int firstPart, int parts, int bytes) in Batches(tokens))
        {
            CudaCopy3D copy = Pieces(tokens, parts);
            copy.From(region.At(firstPart, slot, firstToken), region.Shape.HeadBytes, region.RowsOfPart);
            copy.To(Staging.Address, tokens * _shape.TokenHeadBytes, _shape.Heads);
            _device.Copy(copy);
            _device.Synchronize();
            Staging.Span<byte>(0, bytes).CopyTo(destination);
            destination = destination[bytes..];
        }
    }

    /// <summary>Copies consecutive tokens in, as <see cref="Read"/> gives them.</summary>
    public void Write(int slot, int firstToken, ReadOnlySpan<byte> source)
    {
        Region region = _regions[ClassOf(slot)];
        int tokens = region.WholeTokens(firstToken, source.Length);
        Hold(slot, Math.Max(HeldTokens(slot), firstToken + tokens));
        foreach ((int firstPart, int parts, int bytes) in Batches(tokens))
        {
            source[..bytes].CopyTo(Staging.Span<byte>(0, bytes));
            source = source[bytes..];
            CudaCopy3D copy = Pieces(tokens, parts);
            copy.From(Staging.Address, tokens * _shape.TokenHeadBytes, _shape.Heads);
            copy.To(region.At(firstPart, slot, firstToken), region.Shape.HeadBytes, region.RowsOfPart);
            _device.Copy(copy);
            _device.Synchronize();
        }
    }

    public void Dispose()
    {
        _regions.ForEach(region => region.Memory.Dispose());
        _staging?.Dispose();
    }

    private PinnedBuffer Staging =>
        _staging ??= new PinnedBuffer(Math.Max(StagingBytes, _regions.Max(region => region.Shape.SlotBytes)));

    // The heads of one slot's keys, or values, in each of some layers: what lies in one piece is a head's tokens.
    private CudaCopy3D Pieces(int tokens, int parts) => new()
    {
        RowBytes = (nuint)(tokens * _shape.TokenHeadBytes),
        Rows = (nuint)_shape.Heads,
        Depth = (nuint)parts,
    };

    // As many layers' keys and values at a time as the pinned memory holds.
    private IEnumerable<(int FirstPart, int Parts, int Bytes)> Batches(int tokens)
    {
        int partBytes = tokens * _shape.Heads * _shape.TokenHeadBytes;
        int all = tokens == 0 ? 0 : 2 * _shape.Layers;
        for (int part = 0; part < all;)
        {
            int parts = (int)Math.Min(all - part, Staging.Bytes / partBytes);
            yield return (part, parts, parts * partBytes);
            part += parts;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Region(SlotClass Slots, KvShape Shape, DeviceBuffer Memory)
    {
        /// <summary>Heads of all slots: how far apart two layers' parts are.</summary>
        public long RowsOfPart => (long)Shape.Slots * Shape.Heads;

        public nint At(int part, int slot, int token) =>
            Memory.Address + (nint)(((((long)part * Shape.Slots) + slot - Slots.FirstSlot) * Shape.SlotBytes) + ((long)token * Shape.TokenHeadBytes));

        public int WholeTokens(int firstToken, int bytes)
        {
            (int tokens, int rest) = Math.DivRem(bytes, Shape.TokenBytes);
            ArgumentOutOfRangeException.ThrowIfNotEqual(rest, 0, nameof(bytes));
            CheckTokens(firstToken, tokens);
            return tokens;
        }

        public void CheckTokens(int firstToken, int tokens)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(firstToken);
            ArgumentOutOfRangeException.ThrowIfNegative(tokens);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(firstToken + tokens, Slots.SlotTokens, nameof(tokens));
        }
    }
}
