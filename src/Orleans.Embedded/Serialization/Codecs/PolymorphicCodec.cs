namespace Orleans.Serialization.Codecs;

/// <summary>Codec of interfaces, abstract classes and object: the value's own type is named and its codec used.</summary>
internal class PolymorphicCodec<T> : ReferenceCodec<T>
    where T : class
{
    protected override void WriteBody(WireWriter writer, T value) => throw new SerializerException($"A plain {typeof(T)} says nothing.");

    protected override T ReadBody(ref WireReader reader) => throw reader.Malformed($"a {typeof(T)} without a type");

    protected override T CopyBody(T value) => value;
}

/// <summary>As <see cref="PolymorphicCodec{T}"/>; a sequence whose type has no codec travels as an array.</summary>
internal sealed class SequenceCodec<T, TItem> : PolymorphicCodec<T>
    where T : class, IEnumerable<TItem>
{
    protected override T Replace(T value) =>
        CodecTable.Instance.HasCodec(value.GetType()) ? value : (T)(object)value.ToArray();
}
