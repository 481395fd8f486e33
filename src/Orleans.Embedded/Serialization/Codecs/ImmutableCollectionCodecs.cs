using System.Collections.Immutable;

namespace Orleans.Serialization.Codecs;

internal sealed class ImmutableListCodec<T> : ItemsCodec<ImmutableList<T>, T>
{
    public override bool IsImmutable => CodecOf<T>.Default.IsImmutable && typeof(T).IsSealed;

    protected override ImmutableList<T> Make(T[] items, ImmutableList<T>? like, byte comparer) => [.. items];
}

internal sealed class ImmutableHashSetCodec<T> : ItemsCodec<ImmutableHashSet<T>, T>
{
    public override bool IsImmutable => CodecOf<T>.Default.IsImmutable && typeof(T).IsSealed;

    protected override byte ComparerOf(ImmutableHashSet<T> value) => Comparers.NumberOf(value.KeyComparer);

    protected override ImmutableHashSet<T> Make(T[] items, ImmutableHashSet<T>? like, byte comparer) =>
        ImmutableHashSet.CreateRange(like?.KeyComparer ?? Comparers.Get<T>(comparer), items);
}

internal sealed class ImmutableDictionaryCodec<TKey, TValue> : ItemsCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    public override bool IsImmutable => CodecOf<KeyValuePair<TKey, TValue>>.Default.IsImmutable;

    protected override byte ComparerOf(ImmutableDictionary<TKey, TValue> value) => Comparers.NumberOf(value.KeyComparer);

    protected override ImmutableDictionary<TKey, TValue> Make(KeyValuePair<TKey, TValue>[] items, ImmutableDictionary<TKey, TValue>? like, byte comparer) =>
        ImmutableDictionary.CreateRange(like?.KeyComparer ?? Comparers.Get<TKey>(comparer), items);
}
