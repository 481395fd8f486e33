using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orleans.Serialization.Codecs;

internal sealed class BooleanCodec() : ImmutableCodec<bool>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, bool value) => writer.WriteByte(value ? (byte)1 : (byte)0);

    public override bool Read(ref WireReader reader) => reader.ReadVarUInt(1) == 1;
}

internal sealed class CharCodec() : ImmutableCodec<char>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, char value) => writer.WriteVarUInt(value);

    public override char Read(ref WireReader reader) => (char)reader.ReadVarUInt(char.MaxValue);
}

internal sealed class SByteCodec() : ImmutableCodec<sbyte>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, sbyte value) => writer.WriteVarInt(value);

    public override sbyte Read(ref WireReader reader) => (sbyte)reader.ReadVarInt(sbyte.MinValue, sbyte.MaxValue);
}

internal sealed class Int16Codec() : ImmutableCodec<short>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, short value) => writer.WriteVarInt(value);

    public override short Read(ref WireReader reader) => (short)reader.ReadVarInt(short.MinValue, short.MaxValue);
}

internal sealed class Int32Codec() : ImmutableCodec<int>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, int value) => writer.WriteVarInt(value);

    public override int Read(ref WireReader reader) => (int)reader.ReadVarInt(int.MinValue, int.MaxValue);
}

internal sealed class ByteCodec() : ImmutableCodec<byte>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, byte value) => writer.WriteVarUInt(value);

    public override byte Read(ref WireReader reader) => (byte)reader.ReadVarUInt(byte.MaxValue);
}

internal sealed class UInt16Codec() : ImmutableCodec<ushort>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, ushort value) => writer.WriteVarUInt(value);

    public override ushort Read(ref WireReader reader) => (ushort)reader.ReadVarUInt(ushort.MaxValue);
}

internal sealed class UInt32Codec() : ImmutableCodec<uint>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, uint value) => writer.WriteVarUInt(value);

    public override uint Read(ref WireReader reader) => (uint)reader.ReadVarUInt(uint.MaxValue);
}

internal sealed class Int64Codec() : ImmutableCodec<long>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, long value) => writer.WriteVarInt(value);

    public override long Read(ref WireReader reader) => reader.ReadVarInt();
}

internal sealed class UInt64Codec() : ImmutableCodec<ulong>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, ulong value) => writer.WriteVarUInt(value);

    public override ulong Read(ref WireReader reader) => reader.ReadVarUInt();
}

internal sealed class HalfCodec() : ImmutableCodec<Half>(WireKind.VarInt)
{
    public override void Write(WireWriter writer, Half value) => writer.WriteVarUInt(BitConverter.HalfToUInt16Bits(value));

    public override Half Read(ref WireReader reader) => BitConverter.UInt16BitsToHalf((ushort)reader.ReadVarUInt(ushort.MaxValue));
}

internal sealed class SingleCodec() : ImmutableCodec<float>(WireKind.Fixed4)
{
    public override void Write(WireWriter writer, float value) => writer.WriteUInt32(BitConverter.SingleToUInt32Bits(value));

    public override float Read(ref WireReader reader) => BitConverter.UInt32BitsToSingle(reader.ReadUInt32());
}

internal sealed class DoubleCodec() : ImmutableCodec<double>(WireKind.Fixed8)
{
    public override void Write(WireWriter writer, double value) => writer.WriteUInt64(BitConverter.DoubleToUInt64Bits(value));

    public override double Read(ref WireReader reader) => BitConverter.UInt64BitsToDouble(reader.ReadUInt64());
}

internal sealed class DecimalCodec() : ImmutableCodec<decimal>(WireKind.Fixed16)
{
    public override void Write(WireWriter writer, decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        writer.WriteRaw(MemoryMarshal.AsBytes(bits));
    }

    public override decimal Read(ref WireReader reader) => new(MemoryMarshal.Cast<byte, int>(reader.ReadRaw(16)));
}

internal sealed class StringCodec() : ImmutableCodec<string?>(WireKind.Bytes)
{
    public override void Write(WireWriter writer, string? value) => writer.WriteString(value);

    public override string? Read(ref WireReader reader) => reader.ReadString();
}

internal sealed class GuidCodec() : ImmutableCodec<Guid>(WireKind.Fixed16)
{
    public override void Write(WireWriter writer, Guid value)
    {
        value.TryWriteBytes(writer.GetSpan(16));
        writer.Advance(16);
    }

    public override Guid Read(ref WireReader reader) => new(reader.ReadRaw(16));
}

internal sealed class EnumCodec<T>() : ImmutableCodec<T>(WireKind.VarInt)
    where T : struct, Enum
{
    public override void Write(WireWriter writer, T value) => writer.WriteVarInt(Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.As<T, sbyte>(ref value),
        2 => Unsafe.As<T, short>(ref value),
        4 => Unsafe.As<T, int>(ref value),
        _ => Unsafe.As<T, long>(ref value),
    });

    public override T Read(ref WireReader reader)
    {
        var number = reader.ReadVarInt();
        var fits = Unsafe.SizeOf<T>() switch
        {
            1 => number == (sbyte)number,
            2 => number == (short)number,
            4 => number == (int)number,
            _ => true,
        };
        return fits ? Unsafe.As<long, T>(ref number) : throw reader.Malformed($"{number} is no {typeof(T)}");
    }
}

internal sealed class NullableCodec<T> : Codec<T?>
    where T : struct
{
    public override WireKind Kind => CodecOf<T>.Default.Kind;

    public override bool IsImmutable => CodecOf<T>.Default.IsImmutable;

    public override void Write(WireWriter writer, T? value)
    {
        writer.WriteByte(value.HasValue ? (byte)1 : (byte)0);
        if (value is { } some)
        {
            CodecOf<T>.Default.Write(writer, some);
        }
    }

    public override T? Read(ref WireReader reader) => reader.ReadVarUInt(1) == 1 ? CodecOf<T>.Default.Read(ref reader) : null;

    public override T? Copy(T? value) => value is { } some ? CodecOf<T>.Default.Copy(some) : null;

    public override void WriteMember(WireWriter writer, T? value) => CodecOf<T>.Default.WriteMember(writer, value.GetValueOrDefault());

    public override T? ReadMember(ref WireReader reader) => CodecOf<T>.Default.ReadMember(ref reader);
}
