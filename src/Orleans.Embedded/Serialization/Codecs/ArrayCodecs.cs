using System.Collections.Immutable;

namespace Orleans.Serialization.Codecs;

internal sealed class ArrayCodec<T> : ReferenceCodec<T[]>
{
    // A member says null by its tag and has no derived types unless its elements have.
    public override WireKind Kind => IsPlain ? Elements<T>.Default.Kind : WireKind.Block;

    private static bool IsPlain => typeof(T).IsValueType || typeof(T).IsSealed;

    public override void WriteMember(WireWriter writer, T[] value)
    {
        if (IsPlain)
        {
            WriteBody(writer, value);
        }
        else
        {
            Write(writer, value);
        }
    }

    public override T[] ReadMember(ref WireReader reader) => IsPlain ? ReadBody(ref reader) : Read(ref reader);

    protected override void WriteBody(WireWriter writer, T[] value) => Elements<T>.Default.Write(writer, value);

    protected override T[] ReadBody(ref WireReader reader) => Elements<T>.Default.ReadArray(ref reader)!;

    protected override T[] CopyBody(T[] value) => Elements<T>.Default.CopyArray(value);
}

internal sealed class MemoryCodec<T> : Codec<Memory<T>>
{
    public override WireKind Kind => Elements<T>.Default.Kind;

    public override void Write(WireWriter writer, Memory<T> value) => Elements<T>.Default.Write(writer, value.Span);

    public override Memory<T> Read(ref WireReader reader) => Elements<T>.Default.ReadArray(ref reader);

    public override Memory<T> Copy(Memory<T> value) => Elements<T>.Default.CopyArray(value.Span);
}

internal sealed class ReadOnlyMemoryCodec<T> : Codec<ReadOnlyMemory<T>>
{
    public override WireKind Kind => Elements<T>.Default.Kind;

    public override void Write(WireWriter writer, ReadOnlyMemory<T> value) => Elements<T>.Default.Write(writer, value.Span);

    public override ReadOnlyMemory<T> Read(ref WireReader reader) => Elements<T>.Default.ReadArray(ref reader);

    public override ReadOnlyMemory<T> Copy(ReadOnlyMemory<T> value) => Elements<T>.Default.CopyArray(value.Span);
}

internal sealed class ArraySegmentCodec<T> : Codec<ArraySegment<T>>
{
    public override WireKind Kind => Elements<T>.Default.Kind;

    public override void Write(WireWriter writer, ArraySegment<T> value)
    {
        if (value.Array is null)
        {
            writer.WriteByte(0);
            return;
        }

        Elements<T>.Default.Write(writer, value);
    }

    public override ArraySegment<T> Read(ref WireReader reader) => Elements<T>.Default.ReadArray(ref reader) is { } items ? new(items) : default;

    public override ArraySegment<T> Copy(ArraySegment<T> value) => value.Array is null ? value : Elements<T>.Default.CopyArray(value);
}

internal sealed class ImmutableArrayCodec<T> : Codec<ImmutableArray<T>>
{
    public override WireKind Kind => Elements<T>.Default.Kind;

    public override bool IsImmutable => CodecOf<T>.Default.IsImmutable && typeof(T).IsSealed;

    public override void Write(WireWriter writer, ImmutableArray<T> value)
    {
        if (value.IsDefault)
        {
            writer.WriteByte(0);
            return;
        }

        Elements<T>.Default.Write(writer, value.AsSpan());
    }

    public override ImmutableArray<T> Read(ref WireReader reader) =>
        System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(Elements<T>.Default.ReadArray(ref reader));

    public override ImmutableArray<T> Copy(ImmutableArray<T> value) => value.IsDefault || IsImmutable
        ? value
        : System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(Elements<T>.Default.CopyArray(value.AsSpan()));
}
