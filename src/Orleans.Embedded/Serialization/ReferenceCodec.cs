using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>
/// Codec of a class. A byte says null, exactly <typeparamref name="T"/>, or a registered type that derives from it, whose codec goes on.
/// </summary>
public abstract class ReferenceCodec<T> : Codec<T>
    where T : class
{
    private const byte Null = 0;
    private const byte Exact = 1;
    private const byte Derived = 2;

    /// <inheritdoc/>
    public sealed override void Write(WireWriter writer, T value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is null)
        {
            writer.WriteByte(Null);
        }
        else if (value.GetType() == typeof(T))
        {
            writer.WriteByte(Exact);
            WriteExact(writer, value);
        }
        else
        {
            writer.WriteByte(Derived);
            CodecTable.Instance.WriteDerived(writer, Replace(value));
        }
    }

    /// <inheritdoc/>
    public sealed override T Read(ref WireReader reader) => reader.ReadByte() switch
    {
        Null => null!,
        Exact => (T)ReadExact(ref reader),
        Derived => CodecTable.Instance.ReadDerived(ref reader) as T ?? throw reader.Malformed($"a type is named that is not a {typeof(T)}"),
        _ => throw reader.Malformed("a reference has an unknown form"),
    };

    /// <inheritdoc/>
    public sealed override T Copy(T value)
    {
        if (value is null)
        {
            return value!;
        }

        if (value.GetType() == typeof(T))
        {
            return IsImmutable ? value : (T)CopyExact(value);
        }

        value = Replace(value);
        var codec = CodecTable.Instance.GetExact(value.GetType());
        return codec.IsImmutable ? value : (T)codec.CopyExact(value);
    }

    /// <summary>Writes a value of exactly <typeparamref name="T"/>.</summary>
    protected abstract void WriteBody(WireWriter writer, T value);

    /// <summary>Reads what <see cref="WriteBody"/> wrote.</summary>
    protected abstract T ReadBody(ref WireReader reader);

    /// <summary>Copies a value of exactly <typeparamref name="T"/>.</summary>
    protected abstract T CopyBody(T value);

    /// <summary>A chance to put an object that has a codec in the place of one that may have none.</summary>
    protected virtual T Replace(T value) => value;

    internal sealed override void WriteExact(WireWriter writer, object value)
    {
        CheckDepth();
        WriteBody(writer, Unsafe.As<T>(value));
    }

    internal sealed override object ReadExact(ref WireReader reader)
    {
        CheckDepth();
        return ReadBody(ref reader);
    }

    internal sealed override object CopyExact(object value)
    {
        CheckDepth();
        return CopyBody(Unsafe.As<T>(value));
    }

    private static void CheckDepth()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SerializerException($"A {typeof(T)} is nested too deeply, or refers to itself.");
        }
    }
}
