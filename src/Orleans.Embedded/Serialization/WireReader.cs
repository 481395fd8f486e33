using System.Buffers.Binary;
using System.Text;

namespace Orleans.Serialization;

/// <summary>Bytes being read. Every read checks what is left; a length that the bytes cannot hold is refused before anything is allocated.</summary>
/// <param name="data">The bytes.</param>
/// <param name="sender">Through which grain references among them send their calls.</param>
public ref struct WireReader(ReadOnlySpan<byte> data, IGrainCallSender? sender = null)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _end = data.Length;
    private int _position;
    private ulong _tag;

    /// <summary>Through which grain references send their calls.</summary>
    public readonly IGrainCallSender? Sender { get; } = sender;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _end - _position;

    /// <summary>Bytes read.</summary>
    public readonly int Position => _position;

    /// <summary>Reads a value with the codec of <typeparamref name="T"/>.</summary>
    /// <exception cref="SerializerException">The bytes are not what the codec expects.</exception>
    public T Read<T>()
    {
        try
        {
            return CodecOf<T>.Default.Read(ref this);
        }
        catch (Exception e) when (e is not SerializerException)
        {
            // A constructor that refused what the bytes say.
            throw new SerializerException($"Malformed data at byte {_position} of {_data.Length}: {e.Message}", e);
        }
    }

    /// <summary>Reads the tag of the next member; false at the end of the object.</summary>
    public bool NextField(out uint id)
    {
        _tag = ReadVarUInt();
        if (_tag >> 3 > uint.MaxValue)
        {
            throw Malformed("a member number is too large");
        }

        id = (uint)(_tag >> 3);
        return _tag != 0;
    }

    /// <summary>Reads the value of the member whose tag was just read.</summary>
    public T ReadField<T>()
    {
        var kind = (WireKind)(_tag & 7);
        if (kind == WireKind.Null)
        {
            return default!;
        }

        var codec = CodecOf<T>.Default;
        if (kind != codec.Kind)
        {
            throw Malformed($"member {_tag >> 3} is {kind} where {typeof(T)} is {codec.Kind}");
        }

        if (kind != WireKind.Block)
        {
            return codec.ReadMember(ref this);
        }

        var outerEnd = BeginBlock();
        var value = codec.ReadMember(ref this);
        EndBlock(outerEnd);
        return value;
    }

    /// <summary>Passes over the value of the member whose tag was just read.</summary>
    public void SkipField()
    {
        switch ((WireKind)(_tag & 7))
        {
            case WireKind.VarInt:
                ReadVarUInt();
                break;
            case WireKind.Fixed4:
                ReadRaw(4);
                break;
            case WireKind.Fixed8:
                ReadRaw(8);
                break;
            case WireKind.Fixed16:
                ReadRaw(16);
                break;
            case WireKind.Bytes:
                ReadBytes(out _);
                break;
            case WireKind.Block:
                var outerEnd = BeginBlock();
                _position = _end;
                EndBlock(outerEnd);
                break;
            case WireKind.Null:
                break;
            default:
                throw Malformed("a member has no kind");
        }
    }

    /// <summary>Reads a byte.</summary>
    public byte ReadByte()
    {
        if (_position >= _end)
        {
            throw Malformed("it ends too early");
        }

        return _data[_position++];
    }

    /// <summary>Reads what <see cref="WireWriter.WriteVarUInt"/> wrote.</summary>
    public ulong ReadVarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a number has too many bytes");
    }

    /// <summary>Reads what <see cref="WireWriter.WriteVarInt"/> wrote.</summary>
    public long ReadVarInt()
    {
        var value = ReadVarUInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads an unsigned number that is at most so large.</summary>
    public ulong ReadVarUInt(ulong largest)
    {
        var value = ReadVarUInt();
        return value <= largest ? value : throw Malformed($"{value} is larger than {largest}");
    }

    /// <summary>Reads a signed number within bounds.</summary>
    public long ReadVarInt(long smallest, long largest)
    {
        var value = ReadVarInt();
        return value >= smallest && value <= largest ? value : throw Malformed($"{value} is not between {smallest} and {largest}");
    }

    /// <summary>Reads 4 bytes.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadRaw(4));

    /// <summary>Reads 8 bytes.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadRaw(8));

    /// <summary>Reads so many bytes; the span is valid as long as the data is.</summary>
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Malformed($"{count} bytes are announced and {Remaining} are left");
        }

        var bytes = _data.Slice(_position, count);
        _position += count;
        return bytes;
    }

    /// <summary>Reads what <see cref="WireWriter.WriteBytes"/> wrote.</summary>
    public ReadOnlySpan<byte> ReadBytes(out bool isNull)
    {
        var size = ReadVarUInt();
        isNull = size == 0;
        if (isNull)
        {
            return default;
        }

        return size - 1 <= (ulong)Remaining ? ReadRaw((int)(size - 1)) : throw Malformed($"{size - 1} bytes are announced and {Remaining} are left");
    }

    /// <summary>Reads what <see cref="WireWriter.WriteString"/> wrote.</summary>
    public string? ReadString()
    {
        var bytes = ReadBytes(out var isNull);
        return isNull ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads a number of elements, each of which takes at least one byte.</summary>
    public int ReadCount()
    {
        var count = ReadVarUInt();
        return count <= (ulong)Remaining ? (int)count : throw Malformed($"{count} elements are announced and {Remaining} bytes are left");
    }

    /// <summary>Narrows the reader to a block; give the result to <see cref="EndBlock"/>.</summary>
    public int BeginBlock()
    {
        var size = ReadUInt32();
        if (size > (uint)Remaining)
        {
            throw Malformed($"a block of {size} bytes is announced and {Remaining} are left");
        }

        var outerEnd = _end;
        _end = _position + (int)size;
        return outerEnd;
    }

    /// <summary>Ends a block, all of which must have been read.</summary>
    public void EndBlock(int outerEnd)
    {
        if (_position != _end)
        {
            throw Malformed($"{Remaining} bytes of a block were not understood");
        }

        _end = outerEnd;
    }

    /// <summary>What to throw when the bytes are wrong.</summary>
    public readonly SerializerException Malformed(string reason) => new($"Malformed data at byte {_position} of {_data.Length}: {reason}.");
}
