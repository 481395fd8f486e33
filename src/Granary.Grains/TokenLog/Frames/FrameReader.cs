using System.Buffers.Binary;
using System.Text;

namespace Granary.TokenLog.Frames;

/// <summary>Reads what <see cref="FrameWriter"/> wrote.</summary>
/// <remarks>Everything throws <see cref="InvalidDataException"/> where the bytes end too early.</remarks>
internal ref struct FrameReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public int Integer()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Byte();
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return (int)value;
            }
        }

        throw new InvalidDataException("A number of the token log is too long.");
    }

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public int[] Integers()
    {
        var values = new int[Count()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Integer();
        }

        return values;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Integer());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Number of elements that follow; each takes a byte at least, so that a wrong one allocates no more than there are bytes.</summary>
    public int Count()
    {
        var count = Integer();
        return (uint)count <= (uint)_rest.Length ? count : throw TooShort();
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
        {
            throw TooShort();
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static InvalidDataException TooShort() => new("A record of the token log ends too early.");
}
