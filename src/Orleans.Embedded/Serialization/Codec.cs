namespace Orleans.Serialization;

/// <summary>Writes, reads and copies values of one type.</summary>
public abstract class Codec
{
    /// <summary>The type.</summary>
    public abstract Type Type { get; }

    /// <summary>How the bytes of a member of this type end.</summary>
    public virtual WireKind Kind => WireKind.Block;

    /// <summary>Whether a copy may be the same reference.</summary>
    public virtual bool IsImmutable => false;

    /// <summary>Writes a value of exactly <see cref="Type"/>, not null.</summary>
    internal abstract void WriteExact(WireWriter writer, object value);

    /// <summary>Reads a value of exactly <see cref="Type"/>.</summary>
    internal abstract object ReadExact(ref WireReader reader);

    /// <summary>Copies a value of exactly <see cref="Type"/>.</summary>
    internal abstract object CopyExact(object value);
}
