using System.Diagnostics;
using System.Text.Json;

namespace Granary.Benchmarks.Gpu;

/// <summary>Hugging Face transformers' continuous batching on the same GPU, driven by deploy/gpu/transformers_serving.py.</summary>
internal static class TransformersPeer
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Serves a workload.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="modelFolder">A folder with a config.json; the weights are random.</param>
    /// <param name="workload">As <see cref="ServingMix.Write"/> writes it.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <returns>What it took, or why it did not run.</returns>
    public static async Task<(Outcome? Outcome, string Problem)> ServeAsync(string root, string modelFolder, string workload, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(root, "deploy", "gpu", "transformers_serving.py"), modelFolder, workload])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
            return process.ExitCode == 0 && last.StartsWith('{')
                ? (JsonSerializer.Deserialize<Outcome>(last, Snake), "")
                : (null, (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? $"exit code {process.ExitCode}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>What it took.</summary>
    internal sealed record Outcome(long OutputTokens, double Seconds, string Transformers, string Torch, string Attention);
}
