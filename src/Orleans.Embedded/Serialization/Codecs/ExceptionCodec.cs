namespace Orleans.Serialization.Codecs;

/// <summary>
/// Exceptions: those with a generated codec keep their members; the others travel as type name, message, stack and inner exception,
/// and arrive as their own type if the receiver registered it, else as <see cref="UnavailableExceptionFallbackException"/>.
/// </summary>
internal sealed class ExceptionCodec<T> : Codec<T>
    where T : Exception
{
    private const byte Null = 0;
    private const byte Plain = 1;
    private const byte Generated = 2;

    public override bool IsImmutable => true;

    public override void Write(WireWriter writer, T value)
    {
        if (value is null)
        {
            writer.WriteByte(Null);
        }
        else if (CodecTable.Instance.TryGetGenerated(value.GetType(), out var codec) && codec is not ExceptionCodec<Exception>)
        {
            writer.WriteByte(Generated);
            CodecTable.Instance.WriteName(writer, value.GetType());
            codec.WriteExact(writer, value);
        }
        else
        {
            writer.WriteByte(Plain);
            ExceptionTypes.Write(writer, value);
        }
    }

    public override T Read(ref WireReader reader)
    {
        Exception? value = reader.ReadByte() switch
        {
            Null => null,
            Plain => ExceptionTypes.Read(ref reader),
            Generated => ReadGenerated(ref reader),
            _ => throw reader.Malformed("an exception has an unknown form"),
        };
        return value is null or T ? (T)value! : throw reader.Malformed($"{value.GetType()} is no {typeof(T)}");
    }

    public override T Copy(T value) => value;

    private static Exception ReadGenerated(ref WireReader reader) =>
        CodecTable.Instance.TryGetGenerated(CodecTable.Instance.ReadName(ref reader, 0), out var codec) && codec is not ExceptionCodec<Exception>
            ? codec.ReadExact(ref reader) as Exception ?? throw reader.Malformed("an exception is of a type that is none")
            : throw reader.Malformed("an exception is of a type that is none");
}
