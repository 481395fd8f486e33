using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Gateway.OpenAi;

/// <summary>An event of a completion, the same whatever carries it: server-sent events, the plain WebSocket or the hub.</summary>
/// <param name="Id">Its id, behind which a reader can go on.</param>
/// <param name="Data">OpenAI's JSON, or <c>[DONE]</c>.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct CompletionEvent(EventId Id, byte[] Data)
{
    /// <summary>Whether it says that there are no more; what has an end of its own does not carry it.</summary>
    public bool IsDone => Data.AsSpan().SequenceEqual("[DONE]"u8);

    /// <summary>Writes <c>"eventId": "12:1", "event": {…}</c> into an object that was begun.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("eventId", Id.ToString());
        json.WritePropertyName("event");
        json.WriteRawValue(Data, skipInputValidation: true);
    }

    private sealed class Converter : JsonConverter<CompletionEvent>
    {
        public override CompletionEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, CompletionEvent value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            value.WriteMembers(writer);
            writer.WriteEndObject();
        }
    }
}
