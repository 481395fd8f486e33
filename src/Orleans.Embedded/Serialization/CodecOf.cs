namespace Orleans.Serialization;

/// <summary>The codec of a type, found once.</summary>
public static class CodecOf<T>
{
    private static Codec<T>? _default;

    /// <summary>The codec.</summary>
    /// <exception cref="SerializerException">The type has none.</exception>
    public static Codec<T> Default => _default ?? Find();

    private static Codec<T> Find() => _default = (Codec<T>)CodecTable.Instance.Get(typeof(T));
}
