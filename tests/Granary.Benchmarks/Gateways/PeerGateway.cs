using Granary.Conformance.Support;

namespace Granary.Benchmarks.Gateways;

/// <summary>The gateway of npm's <c>@portkey-ai/gateway</c> before an upstream that speaks OpenAI's API. It counts nothing, stores nothing and knows no keys.</summary>
internal static class PeerGateway
{
    private const string Package = "@portkey-ai/gateway";

    // It changes the headers of what fetch answered, which Node does not let it where the answer is a stream.
    private const string MutableHeaders = "data:text/javascript,const f=globalThis.fetch;globalThis.fetch=async(...a)=>{const r=await f(...a);return new Response(r.body,r)}";

    /// <summary>Its name and version, as it is pinned.</summary>
    public static string Name { get; } = $"{Package} {Version()}";

    /// <summary>Headers that send a request to an upstream.</summary>
    public static string[] Headers(Uri upstream) => ["x-portkey-provider: openai", $"x-portkey-custom-host: {new Uri(upstream, "v1")}", "Authorization: Bearer none"];

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">It could not be fetched, or does not come up.</exception>
    public static async Task<(BenchProcess Process, Uri Url)> StartAsync(string cores, CancellationToken cancellationToken)
    {
        var cache = Environment.GetEnvironmentVariable("GRANARY_CACHE") is { Length: > 0 } set ? set : Path.Combine(Repository.Root, ".granary", "cache");
        using (var fetch = System.Diagnostics.Process.Start(Path.Combine(Repository.Root, "deploy", "lib", "fetch-peer-gateway"), [cache]))
        {
            await fetch.WaitForExitAsync(cancellationToken);
            if (fetch.ExitCode != 0)
            {
                throw new InvalidOperationException("The peer gateway could not be fetched; its script says why.");
            }
        }

        var port = FreePorts.Next();
        var program = Path.Combine(cache, "peer-gateway", "node_modules", Package, "build", "start-server.js");
        var process = BenchProcess.StartOther(cores, "node", ["--import", MutableHeaders, program, $"--port={port}", "--headless"]);
        var url = new Uri($"http://127.0.0.1:{port}");
        using var client = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var attempt = 0; attempt < 150; attempt++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            try
            {
                await client.GetStringAsync(url, cancellationToken);
                return (process, url);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }

        await process.DisposeAsync();
        throw new InvalidOperationException("The peer gateway did not come up.");
    }

    private static string Version()
    {
        using var package = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "peer-gateway", "package.json")));
        return package.RootElement.GetProperty("dependencies").GetProperty(Package).GetString()!;
    }
}
