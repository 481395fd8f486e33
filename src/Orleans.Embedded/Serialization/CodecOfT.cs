namespace Orleans.Serialization;

/// <summary>Writes, reads and copies values of one type.</summary>
/// <typeparam name="T">The type, as members and arguments declare it.</typeparam>
public abstract class Codec<T> : Codec
{
    /// <inheritdoc/>
    public sealed override Type Type => typeof(T);

    /// <summary>Writes a value; at least one byte.</summary>
    public abstract void Write(WireWriter writer, T value);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public abstract T Read(ref WireReader reader);

    /// <summary>A deep copy.</summary>
    public abstract T Copy(T value);

    /// <summary>Writes a value that is a member and not null, as <see cref="Codec.Kind"/> says.</summary>
    public virtual void WriteMember(WireWriter writer, T value) => Write(writer, value);

    /// <summary>Reads what <see cref="WriteMember"/> wrote.</summary>
    public virtual T ReadMember(ref WireReader reader) => Read(ref reader);

    internal override void WriteExact(WireWriter writer, object value) => Write(writer, (T)value);

    internal override object ReadExact(ref WireReader reader) => Read(ref reader)!;

    internal override object CopyExact(object value) => Copy((T)value)!;
}
