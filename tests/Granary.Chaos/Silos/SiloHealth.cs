using System.Net;
using System.Text.Json;

namespace Granary.Chaos.Silos;

/// <summary>Asks gateways how they are.</summary>
internal static class SiloHealth
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };

    /// <summary>Whether the gateway says that it is ready.</summary>
    public static async Task<bool> IsReadyAsync(ChaosSilo silo, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(silo.Url, "health/ready"), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <exception cref="TimeoutException">It did not become ready.</exception>
    public static async Task WaitUntilReadyAsync(ChaosSilo silo, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync(silo, cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(begin) > patience)
            {
                throw new TimeoutException($"{silo.Name} was not ready after {patience}; it is {(silo.Process.IsAlive() ? "running" : "dead")}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>The cluster as a gateway sees it; <see langword="null"/> if it cannot tell.</summary>
    public static async Task<JsonElement?> StatusAsync(Uri gateway, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(gateway, "api/cluster"), cancellationToken);
            return answer.IsSuccessStatusCode ? (await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken)).RootElement : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
