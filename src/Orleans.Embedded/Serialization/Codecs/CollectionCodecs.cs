using System.Runtime.InteropServices;

namespace Orleans.Serialization.Codecs;

internal sealed class ListCodec<T> : ReferenceCodec<List<T>>
{
    protected override void WriteBody(WireWriter writer, List<T> value) => Elements<T>.Default.Write(writer, CollectionsMarshal.AsSpan(value));

    protected override List<T> ReadBody(ref WireReader reader)
    {
        var count = Elements<T>.Default.ReadCount(ref reader, out _);
        var list = Sized(count);
        Elements<T>.Default.Read(ref reader, CollectionsMarshal.AsSpan(list));
        return list;
    }

    protected override List<T> CopyBody(List<T> value)
    {
        var list = Sized(value.Count);
        Elements<T>.Default.Copy(CollectionsMarshal.AsSpan(value), CollectionsMarshal.AsSpan(list));
        return list;
    }

    private static List<T> Sized(int count)
    {
        var list = new List<T>(count);
        CollectionsMarshal.SetCount(list, count);
        return list;
    }
}

/// <summary>A collection that travels as an array of its items.</summary>
internal abstract class ItemsCodec<TCollection, TItem> : ReferenceCodec<TCollection>
    where TCollection : class, IEnumerable<TItem>
{
    protected abstract TCollection Make(TItem[] items, TCollection? like, byte comparer);

    protected virtual byte ComparerOf(TCollection value) => 0;

    protected sealed override void WriteBody(WireWriter writer, TCollection value)
    {
        writer.WriteByte(ComparerOf(value));
        Elements<TItem>.Default.Write(writer, value.ToArray());
    }

    protected sealed override TCollection ReadBody(ref WireReader reader)
    {
        var comparer = reader.ReadByte();
        var items = Elements<TItem>.Default.ReadArray(ref reader) ?? throw reader.Malformed("a collection has no items");
        return Make(items, null, comparer);
    }

    protected sealed override TCollection CopyBody(TCollection value)
    {
        var comparer = ComparerOf(value);
        return Make(Elements<TItem>.Default.CopyArray(value.ToArray()), value, comparer);
    }
}

internal sealed class QueueCodec<T> : ItemsCodec<Queue<T>, T>
{
    protected override Queue<T> Make(T[] items, Queue<T>? like, byte comparer) => new(items);
}

internal sealed class StackCodec<T> : ItemsCodec<Stack<T>, T>
{
    protected override Stack<T> Make(T[] items, Stack<T>? like, byte comparer)
    {
        Array.Reverse(items);
        return new(items);
    }
}

internal sealed class HashSetCodec<T> : ItemsCodec<HashSet<T>, T>
{
    protected override byte ComparerOf(HashSet<T> value) => Comparers.NumberOf(value.Comparer);

    protected override HashSet<T> Make(T[] items, HashSet<T>? like, byte comparer) => new(items, like?.Comparer ?? Comparers.Get<T>(comparer));
}

internal sealed class DictionaryCodec<TKey, TValue> : ItemsCodec<Dictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected override byte ComparerOf(Dictionary<TKey, TValue> value) => Comparers.NumberOf(value.Comparer);

    protected override Dictionary<TKey, TValue> Make(KeyValuePair<TKey, TValue>[] items, Dictionary<TKey, TValue>? like, byte comparer) =>
        new(items, like?.Comparer ?? Comparers.Get<TKey>(comparer));
}

internal sealed class SortedDictionaryCodec<TKey, TValue> : ItemsCodec<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected override SortedDictionary<TKey, TValue> Make(KeyValuePair<TKey, TValue>[] items, SortedDictionary<TKey, TValue>? like, byte comparer)
    {
        var sorted = new SortedDictionary<TKey, TValue>(like?.Comparer);
        foreach (var (key, value) in items)
        {
            sorted[key] = value;
        }

        return sorted;
    }
}

internal sealed class KeyValuePairCodec<TKey, TValue> : Codec<KeyValuePair<TKey, TValue>>
{
    public override bool IsImmutable => CodecOf<TKey>.Default.IsImmutable && CodecOf<TValue>.Default.IsImmutable && typeof(TKey).IsSealed && typeof(TValue).IsSealed;

    public override void Write(WireWriter writer, KeyValuePair<TKey, TValue> value)
    {
        CodecOf<TKey>.Default.Write(writer, value.Key);
        CodecOf<TValue>.Default.Write(writer, value.Value);
    }

    public override KeyValuePair<TKey, TValue> Read(ref WireReader reader) =>
        new(CodecOf<TKey>.Default.Read(ref reader), CodecOf<TValue>.Default.Read(ref reader));

    public override KeyValuePair<TKey, TValue> Copy(KeyValuePair<TKey, TValue> value) =>
        IsImmutable ? value : new(DeepCopier.Copy(value.Key), DeepCopier.Copy(value.Value));
}

/// <summary>The comparers of strings that keep their meaning across the wire.</summary>
internal static class Comparers
{
    private static readonly StringComparer[] Known = [StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase];

    public static byte NumberOf(object comparer) => (byte)(1 + Array.FindIndex(Known, comparer.Equals));

    public static IEqualityComparer<T>? Get<T>(byte number) =>
        number > 0 && number <= Known.Length && typeof(T) == typeof(string) ? (IEqualityComparer<T>)(object)Known[number - 1] : null;
}
