using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Granary.TokenLog.Frames;

/// <summary>Writes the pieces of a record: unsigned LEB128 integers, UTF-8 with its length in bytes before it.</summary>
internal readonly ref struct FrameWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Integer(int value)
    {
        var span = output.GetSpan(5);
        var length = 0;
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[length++] = (byte)(rest | 0x80);
        }

        span[length++] = (byte)rest;
        output.Advance(length);
    }

    public void Single(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    public void Integers(int[] values)
    {
        Integer(values.Length);
        foreach (var value in values)
        {
            Integer(value);
        }
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Integer(value.Length);
        output.Write(value);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Integer(length);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }
}
