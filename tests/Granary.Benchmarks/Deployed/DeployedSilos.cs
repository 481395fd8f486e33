using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Benchmarks.Serve;
using Granary.Chaos.Silos;

namespace Granary.Benchmarks.Deployed;

/// <summary>Three silo processes of three zones with PostgreSQL and Redis, on which copies of the demo model are deployed side by side and put under load.</summary>
internal sealed class DeployedSilos : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // What is scraped is at most so old.
    private static readonly TimeSpan ScrapeAge = TimeSpan.FromMilliseconds(500);

    // Silos report every half second.
    private static readonly TimeSpan ReportAge = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, double> Greedy = new(StringComparer.Ordinal) { ["temperature"] = 0 };

    private readonly string _folder;
    private readonly ChaosCluster _cluster;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    private DeployedSilos(string folder, ChaosCluster cluster) => (_folder, _cluster) = (folder, cluster);

    /// <summary>Zones of the silos, one each.</summary>
    public string[] Zones => [.. _cluster.Silos.Select(silo => silo.Zone)];

    public static async Task<DeployedSilos> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("granary-deployed-").FullName;
        return new DeployedSilos(folder, await ChaosCluster.StartAsync(new ClusterSetup { Settings = settings }, folder, cancellationToken));
    }

    /// <summary>Imports the demo model under a name, deploys it and waits until all parts are ready.</summary>
    /// <param name="model">The name.</param>
    /// <param name="wish">As <c>PUT /admin/deployments/{model}</c> takes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DeployAsync(string model, object wish, CancellationToken cancellationToken)
    {
        await _cluster.ImportAsync(model, cancellationToken);
        await UntilAsync(async () => await IsEverywhereAsync(model, cancellationToken), cancellationToken);
        await WishAsync(model, wish, cancellationToken);
        await UntilSettledAsync(model, cancellationToken);
    }

    /// <summary>Waits until all parts of a deployment are ready and no expert moves.</summary>
    public Task UntilSettledAsync(string model, CancellationToken cancellationToken) => UntilAsync(
        async () =>
        {
            var status = await StatusAsync(model, cancellationToken);
            var experts = status.GetProperty("plan").GetProperty("experts");
            return status.GetProperty("isReady").GetBoolean() && (experts.ValueKind == JsonValueKind.Null || !experts.GetProperty("isMoving").GetBoolean());
        },
        cancellationToken);

    /// <summary>How uneven the silos' loads are by what was chosen of late, as <c>granary model experts</c> has it.</summary>
    public async Task<double> SkewAsync(string model, CancellationToken cancellationToken)
    {
        await Task.Delay(ReportAge, cancellationToken);
        return (await _http.GetFromJsonAsync<JsonElement>(At($"admin/deployments/{model}/experts"), cancellationToken)).GetProperty("skew").GetDouble();
    }

    /// <summary>Deploys a model, or otherwise than before.</summary>
    public async Task WishAsync(string model, object wish, CancellationToken cancellationToken)
    {
        using var answer = await _http.PutAsJsonAsync(At($"admin/deployments/{model}"), wish, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>How a deployment is, as <c>GET /admin/deployments</c> tells it.</summary>
    public async Task<JsonElement> StatusAsync(string model, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<JsonElement>(At("admin/deployments"), cancellationToken)).EnumerateArray().Single(status => status.GetProperty("plan").GetProperty("model").GetString() == model);

    /// <summary>Streams side by side, each of so many tokens, through the gateway of the silo that has the first stage.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="streams">How many streams.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="metric">The counter of bytes of hidden states.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isSame">Whether all are asked the same.</param>
    public async Task<DeployedLoad> LoadAsync(string model, int streams, int tokens, string metric, CancellationToken cancellationToken, bool isSame = false)
    {
        var head = (await StatusAsync(model, cancellationToken)).GetProperty("plan").GetProperty("replicas")[0].GetProperty("stages")[0].GetProperty("silo").GetString()!;
        using var client = new OpenAiServeClient(new ServeOptions { Backend = "openai-chat", BaseUrl = _cluster[head].Url, Model = model, IgnoreEos = true, Sampling = Greedy }, key: null);
        var (sent, wire) = (await SumAsync(metric, model, cancellationToken), LoopbackBytes());
        var began = TimeProvider.System.GetTimestamp();
        var results = await Task.WhenAll(Enumerable.Range(0, streams).Select(stream => client.AskAsync(new ServeRequest(isSame ? "Tell me a story." : $"Tell me story number {stream}.", tokens), cancellationToken)));
        var took = TimeProvider.System.GetElapsedTime(began);
        if (Array.Find(results, result => result.Error is not null) is { } failed)
        {
            throw new InvalidOperationException($"{model}: {failed.Error}");
        }

        wire = LoopbackBytes() - wire;
        var all = results.Sum(result => result.OutputTokens);
        return new DeployedLoad(
            all / took.TotalSeconds,
            BenchmarkContext.Median(results.Select(result => result.Tpot ?? 0)),
            (await SumAsync(metric, model, cancellationToken) - sent) / all,
            wire / (double)all);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cluster.DisposeAsync();
        await Deletion.DeleteAsync(_folder);
    }

    // Silos look for new files every few seconds. Each has the model's when each could have a replica of it.
    private async Task<bool> IsEverywhereAsync(string model, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync(At($"admin/deployments/{model}/plan"), new { replicas = _cluster.Silos.Count }, cancellationToken);
        return answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("problems").GetArrayLength() == 0;
    }

    /// <summary>A metric of a model, summed over all silos and labels.</summary>
    private async Task<double> SumAsync(string metric, string model, CancellationToken cancellationToken)
    {
        await Task.Delay(ScrapeAge, cancellationToken);
        var sum = 0.0;
        foreach (var silo in _cluster.Silos)
        {
            var text = await _http.GetStringAsync(new Uri(silo.Url, "metrics"), cancellationToken);
            sum += text.Split('\n')
                .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line.Contains($"model_name=\"{model}\"", StringComparison.Ordinal))
                .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
        }

        return sum;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await condition())
        {
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }

    // Silos of one machine talk over the loopback device; what it has received is what all of them, the clients and the stores have sent.
    private static long LoopbackBytes() => long.Parse(
        File.ReadLines("/proc/net/dev").Select(line => line.Trim()).Single(line => line.StartsWith("lo:", StringComparison.Ordinal))["lo:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0],
        CultureInfo.InvariantCulture);

    private Uri At(string path) => new(_cluster.Silos[0].Url, path);
}
