using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Orleans.Embedded.Tests.Messaging;

/// <summary>Hands a silo's warnings on as lines.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly Channel<(int Event, string Line)> _lines = Channel.CreateUnbounded<(int Event, string Line)>();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Writer.TryWrite((eventId.Id, $"{formatter(state, exception)} {exception?.Message}"));

    /// <summary>The next line of an event; others before it are dropped.</summary>
    public async Task<string> WaitForAsync(int eventId)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var (id, line) = await _lines.Reader.ReadAsync(patience.Token);
            if (id == eventId)
            {
                return line;
            }
        }
    }

    public void Dispose()
    {
    }
}
