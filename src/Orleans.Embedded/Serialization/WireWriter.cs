using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Orleans.Serialization;

/// <summary>
/// Bytes being written, in one pooled block. Not thread-safe. An object's members are tags <c>(id &lt;&lt; 3 | <see cref="WireKind"/>)</c>
/// with their values, in any order, ended by a zero tag; numbers are little-endian.
/// </summary>
/// <param name="capacity">Bytes to start with.</param>
public sealed class WireWriter(int capacity = 512) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    /// <summary>How much has been written, in bytes.</summary>
    public int Length => _length;

    /// <summary>Forgets what was written, to be used again.</summary>
    public void Clear() => _length = 0;

    /// <summary>Forgets what was written after that length.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _length);
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_length);
    }

    /// <summary>Writes a value with the codec of <typeparamref name="T"/>.</summary>
    public void Write<T>(T value) => CodecOf<T>.Default.Write(this, value);

    /// <summary>Writes a member: its tag and its value.</summary>
    public void WriteField<T>(uint id, T value)
    {
        if (value is null)
        {
            WriteVarUInt((id << 3) | (uint)WireKind.Null);
            return;
        }

        var codec = CodecOf<T>.Default;
        WriteVarUInt((id << 3) | (uint)codec.Kind);
        if (codec.Kind == WireKind.Block)
        {
            var block = BeginBlock();
            codec.WriteMember(this, value);
            EndBlock(block);
        }
        else
        {
            codec.WriteMember(this, value);
        }
    }

    /// <summary>Ends an object's members.</summary>
    public void EndFields() => WriteByte(0);

    /// <summary>Writes a byte.</summary>
    public void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    /// <summary>Writes an unsigned number in 1–10 bytes.</summary>
    public void WriteVarUInt(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[_length++] = (byte)value;
    }

    /// <summary>Writes a signed number, small ones of either sign in few bytes.</summary>
    public void WriteVarInt(long value) => WriteVarUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes 4 bytes.</summary>
    public void WriteUInt32(uint value)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_length), value);
        _length += 4;
    }

    /// <summary>Writes 8 bytes.</summary>
    public void WriteUInt64(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    /// <summary>Writes the bytes and nothing else.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Writes the number of bytes plus one, then the bytes.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        WriteVarUInt((ulong)bytes.Length + 1);
        WriteRaw(bytes);
    }

    /// <summary>Writes a text as UTF-8, null included.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteByte(0);
            return;
        }

        // The usual case is a short text, whose length fits in one byte: encode in place and fill the length in.
        if (value.Length < 42)
        {
            Reserve(1 + (value.Length * 3));
            var written = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length + 1));
            _buffer[_length] = (byte)(written + 1);
            _length += written + 1;
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        WriteVarUInt((ulong)count + 1);
        Reserve(count);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    /// <summary>Leaves room for a length; <see cref="EndBlock"/> fills it in.</summary>
    public int BeginBlock()
    {
        WriteUInt32(0);
        return _length;
    }

    /// <summary>Fills in the length of what was written since <see cref="BeginBlock"/> returned that value.</summary>
    public void EndBlock(int block) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(block - 4), _length - block);

    /// <summary>Gives the block back to the pool.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        var wanted = Math.Max((long)_length + count, Math.Min(2L * _buffer.Length, Array.MaxLength));
        if (wanted > Array.MaxLength)
        {
            throw new SerializerException("The message would be larger than an array can be.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        WrittenSpan.CopyTo(larger);
        var smaller = _buffer;
        _buffer = larger;
        if (smaller.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(smaller);
        }
    }
}
