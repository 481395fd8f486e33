using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orleans.Serialization.Codecs;

/// <summary>
/// A run of elements: their number plus one (0 is null), then each. Numbers travel as one raw block, with its size in bytes in place of their number.
/// </summary>
internal abstract class Elements<T>
{
    public static Elements<T> Default { get; } = IsRaw(typeof(T))
        ? (Elements<T>)Activator.CreateInstance(typeof(RawElements<>).MakeGenericType(typeof(T)))!
        : new CodedElements<T>();

    public abstract WireKind Kind { get; }

    public abstract void Write(WireWriter writer, ReadOnlySpan<T> items);

    public abstract int ReadCount(ref WireReader reader, out bool isNull);

    public abstract void Read(ref WireReader reader, Span<T> items);

    public abstract void Copy(ReadOnlySpan<T> from, Span<T> to);

    public T[]? ReadArray(ref WireReader reader)
    {
        var count = ReadCount(ref reader, out var isNull);
        if (isNull)
        {
            return null;
        }

        var items = count == 0 ? [] : new T[count];
        Read(ref reader, items);
        return items;
    }

    public T[] CopyArray(ReadOnlySpan<T> items)
    {
        var copy = items.Length == 0 ? [] : new T[items.Length];
        Copy(items, copy);
        return copy;
    }

    // Only types for which every bit pattern is a value; a struct of the application must stay tolerant of versions.
    private static bool IsRaw(Type type) =>
        (type.IsPrimitive && type != typeof(bool) && type != typeof(nint) && type != typeof(nuint))
        || type.IsEnum || type == typeof(Half) || type == typeof(Guid) || type == typeof(Int128) || type == typeof(UInt128);
}

internal sealed class RawElements<T> : Elements<T>
    where T : unmanaged
{
    public override WireKind Kind => WireKind.Bytes;

    public override void Write(WireWriter writer, ReadOnlySpan<T> items) => writer.WriteBytes(MemoryMarshal.AsBytes(items));

    public override int ReadCount(ref WireReader reader, out bool isNull)
    {
        var size = reader.ReadVarUInt((ulong)reader.Remaining);
        isNull = size == 0;
        var (count, rest) = isNull ? (0, 0) : Math.DivRem((int)size - 1, Unsafe.SizeOf<T>());
        return rest == 0 && (isNull || (int)size - 1 <= reader.Remaining) ? count : throw reader.Malformed($"a block of {size - 1} bytes does not hold {typeof(T)} values");
    }

    public override void Read(ref WireReader reader, Span<T> items)
    {
        var bytes = MemoryMarshal.AsBytes(items);
        reader.ReadRaw(bytes.Length).CopyTo(bytes);
    }

    public override void Copy(ReadOnlySpan<T> from, Span<T> to) => from.CopyTo(to);
}

internal sealed class CodedElements<T> : Elements<T>
{
    public override WireKind Kind => WireKind.Block;

    public override void Write(WireWriter writer, ReadOnlySpan<T> items)
    {
        writer.WriteVarUInt((ulong)items.Length + 1);
        var codec = CodecOf<T>.Default;
        foreach (var item in items)
        {
            codec.Write(writer, item);
        }
    }

    public override int ReadCount(ref WireReader reader, out bool isNull)
    {
        var count = reader.ReadVarUInt((ulong)reader.Remaining + 1);
        isNull = count == 0;
        return isNull ? 0 : count - 1 <= (ulong)reader.Remaining ? (int)count - 1 : throw reader.Malformed($"{count - 1} elements are announced and {reader.Remaining} bytes are left");
    }

    public override void Read(ref WireReader reader, Span<T> items)
    {
        var codec = CodecOf<T>.Default;
        foreach (ref var item in items)
        {
            item = codec.Read(ref reader);
        }
    }

    public override void Copy(ReadOnlySpan<T> from, Span<T> to)
    {
        var codec = CodecOf<T>.Default;
        if (codec.IsImmutable && typeof(T).IsSealed)
        {
            from.CopyTo(to);
            return;
        }

        for (var i = 0; i < from.Length; i++)
        {
            to[i] = codec.Copy(from[i]);
        }
    }
}
