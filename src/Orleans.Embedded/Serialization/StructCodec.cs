namespace Orleans.Serialization;

/// <summary>Base of generated codecs of structs.</summary>
public abstract class StructCodec<T> : Codec<T>, IFieldCodec<T>
    where T : struct
{
    /// <inheritdoc/>
    public abstract void WriteFields(WireWriter writer, T value);

    /// <inheritdoc/>
    public abstract void ReadFields(ref WireReader reader, ref T value);

    /// <inheritdoc/>
    public abstract void CopyFields(T from, ref T to);

    /// <inheritdoc/>
    public sealed override void Write(WireWriter writer, T value) => WriteFields(writer, value);

    /// <inheritdoc/>
    public sealed override T Read(ref WireReader reader)
    {
        var value = default(T);
        ReadFields(ref reader, ref value);
        return value;
    }

    /// <inheritdoc/>
    public sealed override T Copy(T value)
    {
        if (IsImmutable)
        {
            return value;
        }

        var copy = value;
        CopyFields(value, ref copy);
        return copy;
    }
}
