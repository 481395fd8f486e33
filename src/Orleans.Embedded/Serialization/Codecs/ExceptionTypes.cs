using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Orleans.Serialization.Codecs;

/// <summary>Exceptions that have no codec of their own but may be made here by name.</summary>
internal static class ExceptionTypes
{
    private static readonly ConcurrentDictionary<string, Func<string, Exception?, Exception>> Known = new(StringComparer.Ordinal);

    static ExceptionTypes()
    {
        Add((message, inner) => new Exception(message, inner));
        Add((message, inner) => new ArgumentException(message, inner));
        Add((message, inner) => new ArgumentNullException(message, inner));
        Add((message, inner) => new ArgumentOutOfRangeException(message, inner));
        Add((message, inner) => new ArithmeticException(message, inner));
        Add((message, inner) => new DivideByZeroException(message, inner));
        Add((message, inner) => new OverflowException(message, inner));
        Add((message, inner) => new FormatException(message, inner));
        Add((message, inner) => new IndexOutOfRangeException(message, inner));
        Add((message, inner) => new InvalidCastException(message, inner));
        Add((message, inner) => new InvalidOperationException(message, inner));
        Add((message, inner) => new ObjectDisposedException(message, inner));
        Add((message, inner) => new KeyNotFoundException(message, inner));
        Add((message, inner) => new NotImplementedException(message, inner));
        Add((message, inner) => new NotSupportedException(message, inner));
        Add((message, inner) => new NullReferenceException(message, inner));
        Add((message, inner) => new OperationCanceledException(message, inner));
        Add((message, inner) => new TaskCanceledException(message, inner));
        Add((message, inner) => new TimeoutException(message, inner));
        Add((message, inner) => new UnauthorizedAccessException(message, inner));
        Add((message, inner) => new InsufficientMemoryException(message, inner));
        Add((message, inner) => new OutOfMemoryException(message, inner));
        Add((message, inner) => new IOException(message, inner));
        Add((message, inner) => new EndOfStreamException(message, inner));
        Add((message, inner) => new FileNotFoundException(message, inner));
        Add((message, inner) => new DirectoryNotFoundException(message, inner));
        Add((message, inner) => new InvalidDataException(message, inner));
        Add((message, inner) => new HttpRequestException(message, inner));
        Add((message, inner) => new System.Text.Json.JsonException(message, inner));
    }

    /// <summary>
    /// An exception of the application. Its constructors may want anything and compose the message themselves, so none is run.
    /// </summary>
    public static void Add(Type type) => Known[type.FullName!] = (message, inner) => ExceptionFields.Make(type, message, inner);

    public static void Write(WireWriter writer, Exception value)
    {
        writer.WriteString(value.GetType().FullName);
        writer.WriteString(value is AggregateException ? ExceptionFields.MessageOf(value) : value.Message);
        writer.WriteString(value.StackTrace);
        writer.WriteVarInt(value.HResult);
        var inner = value is AggregateException aggregate ? [.. aggregate.InnerExceptions] : value.InnerException is { } one ? new[] { one } : [];
        CodecOf<Exception[]>.Default.Write(writer, inner);
    }

    public static Exception Read(ref WireReader reader)
    {
        var name = reader.ReadString() ?? "";
        var message = reader.ReadString() ?? "";
        var stack = reader.ReadString();
        var hresult = (int)reader.ReadVarInt(int.MinValue, int.MaxValue);
        var inner = CodecOf<Exception[]>.Default.Read(ref reader) ?? [];
        var value = Create(name, message, inner);
        value.HResult = hresult;
        return stack is null ? value : ExceptionDispatchInfo.SetRemoteStackTrace(value, stack);
    }

    private static Exception Create(string name, string message, Exception[] inner)
    {
        if (name == typeof(AggregateException).FullName)
        {
            return new AggregateException(message, inner);
        }

        var first = inner.Length > 0 ? inner[0] : null;
        return Known.TryGetValue(name, out var create)
            ? create(message, first)
            : new UnavailableExceptionFallbackException(message, first) { ExceptionType = name };
    }

    private static void Add<T>(Func<string, Exception?, T> create)
        where T : Exception => Known[typeof(T).FullName!] = create;
}
