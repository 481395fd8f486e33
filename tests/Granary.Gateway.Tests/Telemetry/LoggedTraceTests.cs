using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Granary.Errors;
using Granary.Gateway.Tests.Scripted;
using Granary.Gateway.Tests.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>What is logged for a reply names the span that is exported for it.</summary>
public sealed class LoggedTraceTests
{
    private const int BrokeOff = 4101;
    private const int ReadOn = 4300;
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Theory]
    [InlineData("stream", null)]
    [InlineData("stream", TraceId)]
    [InlineData("whole", null)]
    [InlineData("socket", null)]
    public async Task Reply_thatBreaksOff_isLoggedWithItsOwnSpan(string way, string? callersTrace)
    {
        using var spans = new RecordedSpans();
        using var logs = new Logged();
        var breaks = 0;
        var turn = ScriptedTurn.Words(3);
        turn.BreaksBefore = record => record == 1;
        turn.Break = () => ++breaks == 1 ? new SiloUnavailableException("killed") : new GranaryException(ErrorCode.Overloaded, "No more.");
        await using var gateway = await ScriptedGateway.StartAsync(new ScriptedGrains { Completion = new(turn), Logs = logs });

        var id = await AskAsync(gateway, way, callersTrace);

        var span = await spans.FindAsync("chat m", span => Equals(span.GetTagItem("gen_ai.response.id"), id));
        Assert.All(logs.Entries, entry => Assert.Equal((span.TraceId, span.SpanId), (entry.Trace, entry.Span)));
        Assert.Equal(way == "stream" ? [ReadOn, BrokeOff] : [ReadOn], logs.Entries.Select(entry => entry.Event));
        if (callersTrace is not null)
            Assert.Equal(callersTrace, span.TraceId.ToString());
    }

    private static async Task<string> AskAsync(ScriptedGateway gateway, string way, string? callersTrace)
    {
        var body = new { model = "m", messages = new[] { new { role = "user", content = "x" } }, stream = way != "whole" };
        if (way == "socket")
        {
            using var socket = await SocketClient.ConnectAsync(gateway.Url);
            var answers = await socket.AskAsync(new { id = "1", type = "complete", body });
            return answers[0].GetProperty("event").GetProperty("id").GetString()!;
        }

        using var client = gateway.CreateClient();
        if (callersTrace is not null)
            client.DefaultRequestHeaders.Add("traceparent", $"00-{callersTrace}-00f067aa0ba902b7-01");
        using var response = await client.PostAsJsonAsync("v1/chat/completions", body);
        await response.Content.ReadAsStringAsync();
        return response.Headers.GetValues("x-request-id").Single();
    }

    private sealed class Logged : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(int Event, ActivityTraceId Trace, ActivitySpanId Span)> Entries { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id is BrokeOff or ReadOn)
                Entries.Enqueue((eventId.Id, Activity.Current?.TraceId ?? default, Activity.Current?.SpanId ?? default));
        }

        public void Dispose()
        {
        }
    }
}
