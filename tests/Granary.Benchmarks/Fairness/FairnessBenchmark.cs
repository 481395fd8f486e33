using System.Net.Http.Json;
using System.Text.Json;
using Granary.Benchmarks.Gateways;
using Granary.Benchmarks.Reporting;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Fairness;

/// <summary>
/// What a tenant notices of another that floods: the demo model behind the gateway of a silo, two tenants of equal weights, each with its key. One asks at random times, alone and beside one that keeps many more
/// requests in flight than there are slots, in turns. The load is on the same machine and has to share its cores, but costs next to nothing.
/// </summary>
internal sealed class FairnessBenchmark : IBenchmark
{
    private const double MaxRisePercent = 20;
    private const double Share = 0.25; // of what the machine can, half of what is the tenant's
    private const int InFlight = 48;
    private const string Rise = "rise of TTFT p99 beside a tenant that floods";

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2); // until the flood has filled what it can
    private static readonly RequestShape Shape = new(PromptCharacters: 240, MinOutputTokens: 24, MaxOutputTokens: 72);

    public string Name => "fairness";

    public async Task RunAsync(BenchmarkContext context)
    {
        var cancel = context.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("granary-bench-");
        try
        {
            await new ModelCatalog(folder.FullName).ImportAsync(new ImportRequest { Source = Repository.DemoModel, Name = GatewayServer.Demo }, progress: null, cancel);
            await using var process = await BenchProcess.StartSelfAsync("0,1", [GatewayServer.CommandName, "--models", folder.FullName], cancel);
            var url = new Uri(process.FirstLine);
            using var calm = new TenantLoad(url, await KeyAsync(url, "calm", cancel), Shape);
            using var flooding = new TenantLoad(url, await KeyAsync(url, "flooding", cancel), Shape);
            await MeasureAsync(context, calm, flooding);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public Report Judge(Report report, Report? other) => report with { Bars = [Bar.AtMost(Rise, report[Rise]!.Value, MaxRisePercent, "%")] };

    private static async Task MeasureAsync(BenchmarkContext context, TenantLoad calm, TenantLoad flooding)
    {
        var (rounds, cancel) = (context.Quick ? 3 : 4, context.CancellationToken);
        context.Say("warm-up");
        var rate = await BesideFloodAsync(flooding, async () =>
        {
            await calm.ArriveAsync(2, TimeSpan.FromSeconds(6), 0, cancel);
            var (answers, began) = (flooding.Answers, TimeProvider.System.GetTimestamp());
            await Task.Delay(TimeSpan.FromSeconds(6), cancel);
            return Share * (flooding.Answers - answers) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        }, cancel);
        List<double> alone = [];
        List<double> beside = [];
        List<double> served = [];
        for (var round = 1; round <= rounds; round++)
        {
            var seed = round;
            context.Say($"alone and beside the flood, round {round} of {rounds}");
            alone.AddRange(await calm.ArriveAsync(rate, Time(context), seed, cancel));
            beside.AddRange(await BesideFloodAsync(flooding, async () =>
            {
                var answers = flooding.Answers;
                var times = await calm.ArriveAsync(rate, Time(context), seed, cancel);
                served.Add((flooding.Answers - answers) / Time(context).TotalSeconds);
                return times;
            }, cancel));
        }

        foreach (var (name, share) in new[] { ("p50", 0.5), ("p90", 0.9), ("p99", 0.99) })
        {
            context.Add($"TTFT {name}, alone", Quantile(alone, share), "ms");
            context.Add($"TTFT {name}, beside a tenant that floods", Quantile(beside, share), "ms");
            context.Add(name == "p99" ? Rise : $"rise of TTFT {name}", 100 * ((Quantile(beside, share) / Quantile(alone, share)) - 1), "%");
        }

        context.Add("answers to the tenant that floods", BenchmarkContext.Median(served), "/s");
        context.Note("TTFT", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{alone.Count} requests each, {rate:0.#} a second at random times, a quarter of what the machine answers; {InFlight} in flight of the tenant that floods"));
    }

    private static TimeSpan Time(BenchmarkContext context) => TimeSpan.FromSeconds(context.Quick ? 12 : 20);

    private static async Task<T> BesideFloodAsync<T>(TenantLoad flooding, Func<Task<T>> run, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource();
        var flood = flooding.FloodAsync(InFlight, end.Token, cancellationToken);
        try
        {
            await Task.Delay(Lead, cancellationToken);
            return await run();
        }
        finally
        {
            await end.CancelAsync();
            await flood;
        }
    }

    private static async Task<string> KeyAsync(Uri url, string tenant, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = url };
        using var answer = await client.PostAsJsonAsync("admin/keys", new { name = "bench", tenant, role = "user", scopes = new[] { "chat" } }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var key = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return key.GetProperty("key").GetString()!;
    }

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);
}
