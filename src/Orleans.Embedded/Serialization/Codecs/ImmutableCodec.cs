namespace Orleans.Serialization.Codecs;

/// <summary>Codec of a type whose values never change.</summary>
internal abstract class ImmutableCodec<T>(WireKind kind) : Codec<T>
{
    public sealed override WireKind Kind => kind;

    public sealed override bool IsImmutable => true;

    public sealed override T Copy(T value) => value;
}
