using Granary.Gateway.Telemetry;
using Microsoft.Extensions.Logging.Console;

namespace Granary.Host.Telemetry;

/// <summary>The log: one line an entry, for people or for machines.</summary>
internal static class LoggingExtensions
{
    /// <summary>Writes to standard output, as <see cref="TelemetryOptions.Logs"/> says, with the levels of the section <c>Logging</c>.</summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders()
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning)
            .AddConfiguration(configuration.GetSection("Logging"));
        var options = configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        return options.Logs == "json"
            ? logging.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatterName).AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>()
            : logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
    }
}
