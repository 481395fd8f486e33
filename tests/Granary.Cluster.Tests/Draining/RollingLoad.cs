using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Draining;

/// <summary>Stock HTTP clients behind what a load balancer does: they go to gateways that are ready, and to the next one when a connection is refused. Anything else is a failure.</summary>
internal sealed class RollingLoad(IReadOnlyList<Uri> gateways)
{
    private int _succeeded;

    public ConcurrentQueue<string> Failures { get; } = [];

    public int Succeeded => _succeeded;

    public Task RunAsync(int clients, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, clients).Select(client => RunClientAsync(client, stop)));

    private async Task RunClientAsync(int client, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        for (var i = client; !stop.IsCancellationRequested; i++)
        {
            await AskAsync(http, i, isStream: i % 2 == 0);
        }
    }

    private async Task AskAsync(HttpClient http, int first, bool isStream)
    {
        for (var attempt = 0; ; attempt++)
        {
            var gateway = gateways[(first + attempt) % gateways.Count];
            try
            {
                if (attempt < gateways.Count && !await IsReadyAsync(http, gateway))
                {
                    continue;
                }

                var body = new { model = ChaosModel.Name, stream = isStream, max_tokens = 60, ignore_eos = true, messages = new[] { new { role = "user", content = "Hello" } } };
                using var answer = await http.PostAsJsonAsync(new Uri(gateway, "v1/chat/completions"), body);
                var text = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode != HttpStatusCode.OK || (isStream && !text.Contains("data: [DONE]", StringComparison.Ordinal)))
                {
                    Failures.Enqueue($"{gateway}: {(int)answer.StatusCode} {text[Math.Max(0, text.Length - 400)..]}");
                    return;
                }

                Interlocked.Increment(ref _succeeded);
                return;
            }
            catch (HttpRequestException refused) when (refused.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } && attempt < 3 * gateways.Count)
            {
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
            {
                Failures.Enqueue($"{gateway}: {failure.GetType().Name}: {failure.Message} {failure.InnerException?.Message}");
                return;
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri gateway)
    {
        using var answer = await http.GetAsync(new Uri(gateway, "health/ready"));
        return answer.IsSuccessStatusCode;
    }
}
