using System.Text;

namespace Granary.Engine.Kernels;

/// <summary>Walks the fields of a protocol buffers message.</summary>
internal ref struct ProtoFields(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Its number.</summary>
    public int Number { get; private set; }

    /// <summary>Its value, where that is a whole number.</summary>
    public long Value { get; private set; }

    /// <summary>Its bytes, where it has any: a message, a string.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Number, length and payload.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <exception cref="InvalidDataException">This is no message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> start = _rest;
        long tag = ReadVarint();
        Number = (int)(tag >> 3);
        int type = (int)(tag & 7);
        Value = type is Varint or Bytes ? ReadVarint() : 0;
        long length = type switch { Varint => 0, Fixed64 => 8, Bytes => Value, Fixed32 => 4, _ => -1 };
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException("The graph is not an ONNX model.");
        }

        Payload = _rest[..(int)length];
        _rest = _rest[(int)length..];
        Whole = start[..^_rest.Length];
        return true;
    }

    /// <summary>Writes a field of bytes.</summary>
    public static void Write(Stream stream, int number, ReadOnlySpan<byte> payload)
    {
        WriteVarint(stream, (uint)((number << 3) | Bytes));
        WriteVarint(stream, (uint)payload.Length);
        stream.Write(payload);
    }

    /// <summary>Writes a field of text.</summary>
    public static void Write(Stream stream, int number, string text) => Write(stream, number, Encoding.UTF8.GetBytes(text));

    /// <summary>The first field of a number, as text; empty where there is none.</summary>
    public static string Text(ReadOnlySpan<byte> message, int number)
    {
        for (ProtoFields fields = new(message); fields.Next();)
        {
            if (fields.Number == number)
            {
                return Encoding.UTF8.GetString(fields.Payload);
            }
        }

        return "";
    }

    private long ReadVarint()
    {
        long value = 0;
        for (int shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            byte next = _rest[0];
            _rest = _rest[1..];
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The graph is not an ONNX model.");
    }

    private static void WriteVarint(Stream stream, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
