using System.Globalization;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Gateways;

/// <summary>The demo model's engine with one thread, asked in its own process and through the gateway around it, in turns; gateway and load have the other core.</summary>
internal static class EngineShare
{
    private const int Streams = 32;
    private const string Text = "Tell me about the sea.";

    public static async Task MeasureAsync(BenchmarkContext context)
    {
        var (tokens, cancel) = (context.Quick ? 64 : 256, context.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("granary-bench-");
        try
        {
            await new ModelCatalog(folder.FullName).ImportAsync(new ImportRequest { Source = Repository.DemoModel, Name = GatewayServer.Demo }, progress: null, cancel);
            await using var process = await BenchProcess.StartSelfAsync(
                "0,1", [GatewayServer.CommandName, "--models", folder.FullName, "Granary:Engine:Threads=1", $"Granary:Engine:Slots={Streams}", "Granary:Engine:SlotTokens=512"], cancel);
            var url = new Uri(process.FirstLine);
            using var client = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
            var load = new HttpLoad(url, HttpConnection.Post(
                "/v1/chat/completions",
                $$"""{"model":"{{GatewayServer.Demo}}","stream":true,"temperature":0,"seed":1,"max_tokens":{{tokens}},"ignore_eos":true,"messages":[{"role":"user","content":"{{Text}}"}]}"""));
            await BareAsync();
            await load.RunAsync(Streams, cancel);
            List<double> bare = [];
            List<double> through = [];
            for (var round = 0; round < (context.Quick ? 4 : 7); round++)
            {
                context.Say($"the demo model at {Streams} streams, round {round + 1}");
                bare.Add(await BareAsync());
                through.Add(Streams * tokens / (await load.RunAsync(Streams, cancel)).TotalSeconds);
            }

            context.Add("engine: bare", BenchmarkContext.Median(bare), "tokens/s");
            context.Add("engine: through the gateway", BenchmarkContext.Median(through), "tokens/s");
            context.Add("engine: through the gateway, of bare", 100 * BenchmarkContext.Median(bare.Zip(through, (alone, with) => with / alone)), "%");
            context.Note("engine", $"the demo model, fp32, on one thread, at {Streams} streams of {tokens} tokens; the median of {bare.Count} pairs of rounds");

            async Task<double> BareAsync() => double.Parse(
                await client.GetStringAsync($"bench/bare?streams={Streams}&tokens={tokens}&text={Uri.EscapeDataString(Text)}", cancel), CultureInfo.InvariantCulture);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
