using System.Collections.Immutable;
using System.Net;

namespace Orleans.Serialization.Codecs;

/// <summary>The codecs that every process has.</summary>
internal static class BuiltInCodecs
{
    /// <summary>Interfaces for which an unregistered implementation (an iterator, a compiler's list) travels as an array.</summary>
    public static readonly HashSet<Type> SequenceInterfaces =
        [typeof(IEnumerable<>), typeof(ICollection<>), typeof(IReadOnlyCollection<>), typeof(IList<>), typeof(IReadOnlyList<>)];

    public static void AddTo(CodecTable table)
    {
        (Type Type, Type Codec)[] codecs =
        [
            (typeof(object), typeof(PolymorphicCodec<object>)),
            (typeof(bool), typeof(BooleanCodec)), (typeof(char), typeof(CharCodec)),
            (typeof(sbyte), typeof(SByteCodec)), (typeof(byte), typeof(ByteCodec)),
            (typeof(short), typeof(Int16Codec)), (typeof(ushort), typeof(UInt16Codec)),
            (typeof(int), typeof(Int32Codec)), (typeof(uint), typeof(UInt32Codec)),
            (typeof(long), typeof(Int64Codec)), (typeof(ulong), typeof(UInt64Codec)),
            (typeof(Half), typeof(HalfCodec)), (typeof(float), typeof(SingleCodec)), (typeof(double), typeof(DoubleCodec)),
            (typeof(decimal), typeof(DecimalCodec)), (typeof(string), typeof(StringCodec)), (typeof(Guid), typeof(GuidCodec)),
            (typeof(DateTime), typeof(DateTimeCodec)), (typeof(DateTimeOffset), typeof(DateTimeOffsetCodec)),
            (typeof(TimeSpan), typeof(TimeSpanCodec)), (typeof(DateOnly), typeof(DateOnlyCodec)), (typeof(TimeOnly), typeof(TimeOnlyCodec)),
            (typeof(Uri), typeof(UriCodec)), (typeof(Version), typeof(VersionCodec)),
            (typeof(IPAddress), typeof(IPAddressCodec)), (typeof(IPEndPoint), typeof(IPEndPointCodec)),
            (typeof(SiloAddress), typeof(SiloAddressCodec)), (typeof(IdSpan), typeof(IdSpanCodec)),
            (typeof(GrainType), typeof(GrainTypeCodec)), (typeof(GrainId), typeof(GrainIdCodec)),
            (typeof(GrainReference), typeof(GrainReferenceCodec<GrainReference>)), (typeof(Exception), typeof(ExceptionCodec<Exception>)),
            (typeof(Array), typeof(ArrayCodec<>)), (typeof(Nullable<>), typeof(NullableCodec<>)),
            (typeof(Memory<>), typeof(MemoryCodec<>)), (typeof(ReadOnlyMemory<>), typeof(ReadOnlyMemoryCodec<>)),
            (typeof(ArraySegment<>), typeof(ArraySegmentCodec<>)), (typeof(ImmutableArray<>), typeof(ImmutableArrayCodec<>)),
            (typeof(List<>), typeof(ListCodec<>)), (typeof(Queue<>), typeof(QueueCodec<>)), (typeof(Stack<>), typeof(StackCodec<>)),
            (typeof(HashSet<>), typeof(HashSetCodec<>)), (typeof(Dictionary<,>), typeof(DictionaryCodec<,>)),
            (typeof(SortedDictionary<,>), typeof(SortedDictionaryCodec<,>)), (typeof(ImmutableList<>), typeof(ImmutableListCodec<>)),
            (typeof(ImmutableHashSet<>), typeof(ImmutableHashSetCodec<>)), (typeof(ImmutableDictionary<,>), typeof(ImmutableDictionaryCodec<,>)),
            (typeof(KeyValuePair<,>), typeof(KeyValuePairCodec<,>)),
            (typeof(Tuple<,>), typeof(TupleCodec<,>)), (typeof(Tuple<,,>), typeof(TupleCodec<,,>)),
            (typeof(ValueTuple<>), typeof(ValueTupleCodec<>)), (typeof(ValueTuple<,>), typeof(ValueTupleCodec<,>)),
            (typeof(ValueTuple<,,>), typeof(ValueTupleCodec<,,>)), (typeof(ValueTuple<,,,>), typeof(ValueTupleCodec<,,,>)),
            (typeof(ValueTuple<,,,,>), typeof(ValueTupleCodec<,,,,>)), (typeof(ValueTuple<,,,,,>), typeof(ValueTupleCodec<,,,,,>)),
            (typeof(ValueTuple<,,,,,,>), typeof(ValueTupleCodec<,,,,,,>)),
        ];

        foreach (var (type, codec) in codecs)
        {
            table.Add(type, type.FullName!, codec);
        }
    }
}
