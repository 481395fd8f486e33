using System.Diagnostics;
using System.Text.Json;

namespace Granary.Gateway.Tests.Running;

/// <summary>Runs the scripts in tests/js, which use the stock JavaScript clients.</summary>
internal static class NodeScript
{
    /// <summary>Runs one scenario, with an API key, and returns what it printed.</summary>
    public static async Task<JsonElement> RunAsync(string script, Uri url, string scenario, string key = "none")
    {
        var clients = Path.Combine(Repository.Cache, "js-clients");
        Assert.True(
            File.Exists(Path.Combine(clients, ".complete")),
            $"The JavaScript clients are missing; run: deploy/lib/fetch-js-clients {Repository.Cache}");

        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests", "js", script), url.ToString(), scenario])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = Path.Combine(clients, "node_modules"), ["GRANARY_KEY"] = key },
        };
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{script} {scenario} failed: {await errors}");
            return JsonDocument.Parse(await output).RootElement;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
