using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Orleans.Serialization.Codecs;

/// <summary>What every exception has; base of the generated codecs of exceptions.</summary>
internal sealed class ExceptionFields : IFieldCodec<Exception>
{
    public static ExceptionFields Instance { get; } = new();

    public static string MessageOf(Exception exception) => Message(exception) ?? exception.Message;

    /// <summary>An exception made without its constructor.</summary>
    public static Exception Make(Type type, string message, Exception? inner)
    {
        var exception = (Exception)RuntimeHelpers.GetUninitializedObject(type);
        Message(exception) = message;
        Inner(exception) = inner;
        return exception;
    }

    public void WriteFields(WireWriter writer, Exception value)
    {
        writer.WriteField(0, MessageOf(value));
        writer.WriteField(1, value.StackTrace);
        writer.WriteField(2, value.InnerException);
        writer.WriteField(3, value.HResult);
        writer.EndFields();
    }

    public void ReadFields(ref WireReader reader, ref Exception value)
    {
        while (reader.NextField(out var id))
        {
            switch (id)
            {
                case 0:
                    Message(value) = reader.ReadField<string?>();
                    break;
                case 1 when reader.ReadField<string?>() is { } stack:
                    ExceptionDispatchInfo.SetRemoteStackTrace(value, stack);
                    break;
                case 1:
                    break;
                case 2:
                    Inner(value) = reader.ReadField<Exception?>();
                    break;
                case 3:
                    value.HResult = reader.ReadField<int>();
                    break;
                default:
                    reader.SkipField();
                    break;
            }
        }
    }

    public void CopyFields(Exception from, ref Exception to)
    {
        Message(to) = Message(from);
        Inner(to) = from.InnerException;
        to.HResult = from.HResult;
    }

    // An exception made without its constructor has no other way to get these.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? Message(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? Inner(Exception exception);
}
