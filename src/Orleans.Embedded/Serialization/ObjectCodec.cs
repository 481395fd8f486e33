namespace Orleans.Serialization;

/// <summary>Base of generated codecs of classes.</summary>
public abstract class ObjectCodec<T> : ReferenceCodec<T>, IFieldCodec<T>
    where T : class
{
    /// <summary>An empty object.</summary>
    protected abstract T Create();

    /// <inheritdoc/>
    public abstract void WriteFields(WireWriter writer, T value);

    /// <inheritdoc/>
    public abstract void ReadFields(ref WireReader reader, ref T value);

    /// <inheritdoc/>
    public abstract void CopyFields(T from, ref T to);

    /// <inheritdoc/>
    protected sealed override void WriteBody(WireWriter writer, T value) => WriteFields(writer, value);

    /// <inheritdoc/>
    protected sealed override T ReadBody(ref WireReader reader)
    {
        var value = Create();
        ReadFields(ref reader, ref value);
        return value;
    }

    /// <inheritdoc/>
    protected sealed override T CopyBody(T value)
    {
        var copy = Create();
        CopyFields(value, ref copy);
        return copy;
    }
}
