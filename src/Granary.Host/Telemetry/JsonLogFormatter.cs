using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Granary.Host.Telemetry;

/// <summary>One JSON object a line, with the ids of the trace that the entry belongs to.</summary>
internal sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "granary-json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Write(json, logEntry);
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private void Write<TState>(Utf8JsonWriter json, in LogEntry<TState> entry)
    {
        json.WriteStartObject();
        json.WriteString("at", time.GetUtcNow());
        json.WriteString("level", entry.LogLevel.ToString().ToLowerInvariant());
        json.WriteString("category", entry.Category);
        json.WriteNumber("event", entry.EventId.Id);
        json.WriteString("message", entry.Formatter(entry.State, entry.Exception));
        if (Activity.Current is { Recorded: true } span)
        {
            WriteTrace(json, span);
        }

        if (entry.Exception is { } exception)
        {
            json.WriteString("exception", exception.ToString());
        }

        if (entry.State is IEnumerable<KeyValuePair<string, object?>> values)
        {
            json.WriteStartObject("values");
            foreach (var (name, value) in values.Where(static value => value.Key != "{OriginalFormat}"))
            {
                json.WriteString(name, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // ASP.NET's own spans are exported by nobody. Their trace is one only where it is the caller's.
    private static void WriteTrace(Utf8JsonWriter json, Activity span)
    {
        var isExported = span.Source.Name == GranaryTelemetry.Name;
        if (isExported || span.ParentSpanId != default)
        {
            json.WriteString("traceId", span.TraceId.ToHexString());
        }

        if (isExported)
        {
            json.WriteString("spanId", span.SpanId.ToHexString());
        }
    }
}
