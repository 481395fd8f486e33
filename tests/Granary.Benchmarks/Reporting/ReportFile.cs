using System.Text.Json;

namespace Granary.Benchmarks.Reporting;

/// <summary>Reports as JSON files.</summary>
internal static class ReportFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(FileInfo file, Report report, CancellationToken cancellationToken)
    {
        file.Directory?.Create();
        await using var stream = file.Create();
        await JsonSerializer.SerializeAsync(stream, report, Options, cancellationToken);
    }

    public static async Task<Report> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenRead();
        return await JsonSerializer.DeserializeAsync<Report>(stream, Options, cancellationToken) ?? throw new InvalidDataException($"{file} is empty.");
    }
}
