using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Benchmarks.Serve;

/// <summary>Where the figures go, as with vLLM.</summary>
internal sealed record ResultFile
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true };

    /// <summary>Whether there is one.</summary>
    public bool Save { get; init; }

    /// <summary>Whether it has what became of each request.</summary>
    public bool Detailed { get; init; }

    /// <summary>Whether the figures are another line of it.</summary>
    public bool Append { get; init; }

    /// <summary>Its folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Its name; <see langword="null"/>: one that says what was done.</summary>
    public string? Name { get; init; }

    /// <summary>A file of the figures alone, indented.</summary>
    public FileInfo? Json { get; init; }

    /// <summary>Writes what is to be written.</summary>
    /// <returns>The file that was written as with vLLM, if one was.</returns>
    public async Task<string?> WriteAsync(ServeOptions options, Dictionary<string, object?> report, CancellationToken cancellationToken)
    {
        var figures = Detailed ? report : report.Where(figure => !ServeReport.Details.Contains(figure.Key)).ToDictionary(StringComparer.Ordinal);
        if (Json is not null)
        {
            await File.WriteAllTextAsync(Json.FullName, JsonSerializer.Serialize(figures, Indented), cancellationToken);
        }

        if (!Save && !Append)
        {
            return null;
        }

        var path = Path.Combine(Directory.CreateDirectory(Folder ?? ".").FullName, Name ?? NameOf(options, (string)report["date"]!));
        var line = JsonSerializer.Serialize(figures, Compact);
        if (Append)
        {
            await File.AppendAllTextAsync(path, new FileInfo(path) is { Exists: true, Length: > 0 } ? "\n" + line : line, cancellationToken);
        }
        else
        {
            await File.WriteAllTextAsync(path, line, cancellationToken);
        }

        return path;
    }

    /// <summary>A name such as <c>openai-20.0qps-concurrency8-granary-chat-20261127-120000.json</c>.</summary>
    public static string NameOf(ServeOptions options, string date)
    {
        var rate = options.RampUp is { } ramp
            ? $"ramp-up-{ramp.Strategy}-{ramp.StartRps}qps-{ramp.EndRps}qps"
            : double.IsInfinity(options.RequestRate) ? "infqps" : options.RequestRate.ToString("0.0###############", CultureInfo.InvariantCulture) + "qps";
        return $"{options.Label ?? options.Backend}-{rate}{(options.MaxConcurrency is { } most ? $"-concurrency{most}" : "")}-{options.Model.Split('/')[^1]}-{date}.json";
    }
}
