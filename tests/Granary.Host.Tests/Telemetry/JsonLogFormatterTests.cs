using System.Diagnostics;
using System.Text.Json;
using Granary.Diagnostics;
using Granary.Host.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Host.Tests.Telemetry;

public sealed class JsonLogFormatterTests
{
    [Fact]
    public void Entry_ofATracedRequest_isOneLineWithTheTracesIds()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GranaryTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var span = GranaryTelemetry.Activities.StartActivity("test")!;

        var line = Format(new InvalidOperationException("it \"broke\"\nhere"), ("Shard", "a"));

        Assert.Equal(line.TrimEnd('\n').Length, line.Length - 1);
        Assert.DoesNotContain('\n', line.TrimEnd('\n'));
        var entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal(span.TraceId.ToString(), entry.GetProperty("traceId").GetString());
        Assert.Equal(span.SpanId.ToString(), entry.GetProperty("spanId").GetString());
        Assert.Equal("warning", entry.GetProperty("level").GetString());
        Assert.Equal(("Granary.Test", 7, "moved to a"), (entry.GetProperty("category").GetString(), entry.GetProperty("event").GetInt32(), entry.GetProperty("message").GetString()));
        Assert.Equal("a", entry.GetProperty("values").GetProperty("Shard").GetString());
        Assert.Contains("it \"broke\"\nhere", entry.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.True(entry.GetProperty("at").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void Entry_ofNoTrace_hasNoIds()
    {
        Activity.Current = null;

        Assert.False(JsonDocument.Parse(Format(null)).RootElement.TryGetProperty("traceId", out _));
    }

    [Fact]
    public void Entry_ofASpanThatNobodyExports_namesItsCallersTraceAtMost()
    {
        using var web = new Activity("Microsoft.AspNetCore.Hosting.HttpRequestIn") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        Assert.False(JsonDocument.Parse(Format(null)).RootElement.TryGetProperty("traceId", out _));

        using var called = new Activity("Microsoft.AspNetCore.Hosting.HttpRequestIn").SetParentId("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").Start();
        var entry = JsonDocument.Parse(Format(null)).RootElement;
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", entry.GetProperty("traceId").GetString());
        Assert.False(entry.TryGetProperty("spanId", out _));
    }

    private static string Format(Exception? exception, params (string Name, string Value)[] values)
    {
        var state = values.Select(value => KeyValuePair.Create<string, object?>(value.Name, value.Value)).Append(new("{OriginalFormat}", "moved to {Shard}")).ToList();
        using var writer = new StringWriter { NewLine = "\n" };
        var entry = new LogEntry<List<KeyValuePair<string, object?>>>(LogLevel.Warning, "Granary.Test", 7, state, exception, static (_, _) => "moved to a");
        new JsonLogFormatter(TimeProvider.System).Write(entry, null, writer);
        return writer.ToString();
    }
}
