using System.Net;
using System.Text.Json;
using Granary.Cluster;

namespace Granary.Host.Commands;

/// <summary>Talks to the cluster by any of its gateways: first the one that was named, then those that it told of.</summary>
internal sealed class ClusterClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = CallerKey.CreateClient();
    private List<Uri> _gateways = [gateway];

    /// <summary>The cluster now; <see langword="null"/> if no gateway answers any more.</summary>
    public async Task<ClusterStatus?> TryReadAsync(CancellationToken cancellationToken)
    {
        foreach (var candidate in _gateways)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(candidate, "api/cluster"), cancellationToken);
                await RequireAllowedAsync(answer, candidate, cancellationToken);
                var status = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<ClusterStatus>(IndentedJson.Options, cancellationToken);
                _gateways = [.. Gateways(status!, candidate).Distinct()];
                return status;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
            }
        }

        return null;
    }

    /// <summary>The cluster now.</summary>
    /// <exception cref="CommandException">No gateway answers.</exception>
    public async Task<ClusterStatus> ReadAsync(CancellationToken cancellationToken) =>
        await TryReadAsync(cancellationToken) ?? throw new CommandException($"no gateway answers at {gateway}; start one with deploy/up, or name one with --url");

    /// <summary>What a silo's gateway tells about itself, in Prometheus' text format; <see langword="null"/> if it does not answer.</summary>
    /// <exception cref="CommandException">The key is not good for it.</exception>
    public async Task<string?> TryReadMetricsAsync(SiloInfo silo, CancellationToken cancellationToken)
    {
        foreach (var candidate in Urls(silo))
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(candidate, "metrics"), cancellationToken);
                await RequireAllowedAsync(answer, candidate, cancellationToken);
                return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
            }
        }

        return null;
    }

    /// <summary>Asks for something below <c>/admin</c>.</summary>
    /// <exception cref="CommandException">It was refused, or no gateway answers.</exception>
    public Task PostAsync(string path, CancellationToken cancellationToken) => AskAsync(HttpMethod.Post, path, null, cancellationToken);

    /// <summary>Asks the gateway for something, with or without a body, and returns the answer.</summary>
    /// <exception cref="CommandException">It was refused, or no gateway answers.</exception>
    public async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<JsonElement>(await AskTextAsync(method, path, body, cancellationToken));

    /// <summary>Asks the gateway for something and returns the answer as it came.</summary>
    /// <exception cref="CommandException">It was refused, or no gateway answers.</exception>
    public async Task<string> AskTextAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(gateway, path)) { Content = body is null ? null : JsonContent.Create(body) };
            using var answer = await _http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? text : throw new CommandException(Reason(text) ?? $"{gateway} answered with {(int)answer.StatusCode}");
        }
        catch (HttpRequestException failure)
        {
            throw GatewayUrl.Unreachable(gateway, failure);
        }
    }

    public void Dispose() => _http.Dispose();

    // Those that stay first: the others may end while they are being asked.
    private static IEnumerable<Uri> Gateways(ClusterStatus status, Uri answered) =>
        status.Silos.Where(silo => silo.GatewayUrl.Length > 0 && silo.Status == "active").OrderBy(silo => silo.State == "draining")
            .SelectMany(Urls)
            .Append(answered);

    private static IEnumerable<Uri> Urls(SiloInfo silo) =>
        silo.GatewayUrl.Split(';').Select(url => Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var uri) ? uri : null).OfType<Uri>();

    private static async Task RequireAllowedAsync(HttpResponseMessage answer, Uri gateway, CancellationToken cancellationToken)
    {
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new CommandException(Reason(await answer.Content.ReadAsStringAsync(cancellationToken)) ?? $"{gateway} answered with {(int)answer.StatusCode}");
        }
    }

    private static string? Reason(string problem)
    {
        try
        {
            using var document = JsonDocument.Parse(problem);
            return document.RootElement.GetProperty("detail").GetString();
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
