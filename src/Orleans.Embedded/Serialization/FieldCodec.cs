namespace Orleans.Serialization;

/// <summary>Finds the codec of a base type's members, for generated code.</summary>
public static class FieldCodec
{
    /// <summary>The codec of the members that a base type declares.</summary>
    /// <exception cref="SerializerException">The base type has none.</exception>
    public static IFieldCodec<T> Of<T>() => Cache<T>.Codec ??= Find<T>();

    private static IFieldCodec<T> Find<T>() => typeof(T) == typeof(Exception)
        ? (IFieldCodec<T>)(object)Codecs.ExceptionFields.Instance
        : CodecTable.Instance.TryGetGenerated(typeof(T), out var codec) && codec is IFieldCodec<T> fields
            ? fields
            : throw new SerializerException($"The base type {typeof(T)} has no codec: give it [GenerateSerializer].");

    private static class Cache<T>
    {
        public static IFieldCodec<T>? Codec { get; set; }
    }
}
