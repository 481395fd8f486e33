using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Granary.Gateway.OpenAi;

/// <summary>Writes a stream's events, where nothing is escaped that JSON lets stand.</summary>
/// <remarks>The writer says what is escaped and not the options: with an encoder of their own these would keep the serialiser from its generated code.</remarks>
internal static class OpenAiEventJson
{
    private const int MostKept = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>An event's JSON.</summary>
    /// <param name="value">The event.</param>
    /// <param name="type">Its serialiser, of <see cref="OpenAiJson.Default"/>.</param>
    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = _writer ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, value, type);
        var json = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > MostKept)
        {
            (_buffer, _writer) = (null, null);
        }

        return json;
    }
}
