using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Conformance.Support;

namespace Granary.Gateway.Tests.Running;

/// <summary>Debian's Prometheus, which asks one gateway for its metrics several times a second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-prometheus-");
    private readonly HttpClient _http;
    private readonly Process _process;

    /// <param name="gateway">Whom it asks.</param>
    /// <param name="key">The key that it sends, if any.</param>
    public PrometheusServer(Uri gateway, string? key = null)
    {
        var port = FreePorts.Next();
        var configuration = Path.Combine(_folder.FullName, "prometheus.yml");
        File.WriteAllText(configuration, $"""
            global: {"{"} scrape_interval: 200ms, scrape_timeout: 200ms {"}"}
            scrape_configs:
              - job_name: granary
                static_configs: [{"{"} targets: ["{gateway.Authority}"] {"}"}]
                {(key is null ? "" : "authorization: { credentials: " + key + " }")}
            """);
        var start = new ProcessStartInfo("prometheus", [$"--config.file={configuration}", $"--storage.tsdb.path={_folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]) { UseShellExecute = false };
        _process = Process.Start(start)!;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    /// <summary>A query's result: the first series' value; <see langword="null"/> while there is none.</summary>
    public async Task<double?> QueryAsync(string query)
    {
        try
        {
            using var response = await _http.GetAsync($"api/v1/query?query={Uri.EscapeDataString(query)}");
            if (!response.IsSuccessStatusCode)
                return null; // it is starting
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            return answer.GetProperty("data").GetProperty("result") is { } result && result.GetArrayLength() > 0
                ? double.Parse(result[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture)
                : null;
        }
        catch (HttpRequestException)
        {
            Assert.False(_process.HasExited, "Prometheus ended");
            return null;
        }
    }

    /// <summary>Runs promtool and returns what it printed.</summary>
    public static async Task<string> PromtoolAsync(string[] arguments, string input)
    {
        var start = new ProcessStartInfo("promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await output + await errors;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
