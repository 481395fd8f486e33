namespace Orleans.Serialization;

/// <summary>Deep copies of arguments and results that stay in a silo; immutable ones are the same reference.</summary>
public static class DeepCopier
{
    /// <summary>A deep copy by the codec of <typeparamref name="T"/>. An object that is referred to twice is copied twice.</summary>
    /// <exception cref="SerializerException">A type has no codec, or the object refers to itself.</exception>
    public static T Copy<T>(T value) => value is null ? value : CodecOf<T>.Default.Copy(value);
}
