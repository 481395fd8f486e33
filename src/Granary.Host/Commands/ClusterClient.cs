using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Cluster;

namespace Granary.Host.Commands;

/// <summary>Talks to the cluster by any of its gateways: first the one that was named, then those that it told of.</summary>
/// <param name="gateway">The one that was named.</param>
/// <param name="patience">How long the answer to a question is waited for; 10 s if left out.</param>
/// <param name="changePatience">How long the answer to a change is waited for. A gateway tries for a minute to reach what it changes, so 75 s if left out.</param>
internal sealed partial class ClusterClient(Uri gateway, TimeSpan? patience = null, TimeSpan? changePatience = null) : IDisposable
{
    private readonly HttpClient _http = CallerKey.CreateClient(patience ?? TimeSpan.FromSeconds(10));
    private readonly HttpClient _changes = CallerKey.CreateClient(changePatience ?? TimeSpan.FromSeconds(75));
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
    public async Task<string> AskTextAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken) => (await AskPageAsync(method, path, body, cancellationToken)).Text;

    /// <summary>Asks for a list, page after page.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="query">Of the first page.</param>
    /// <param name="most">When to stop.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It was refused, or no gateway answers.</exception>
    public async Task<JsonElement[]> ListAsync(string path, string query, int most, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        for (string? next = query; next is not null && all.Count < most;)
        {
            (var page, next) = await AskPageAsync(HttpMethod.Get, path + next, null, cancellationToken);
            all.AddRange(JsonSerializer.Deserialize<JsonElement[]>(page)!);
        }

        return [.. all.Take(most)];
    }

    private async Task<(string Text, string? Next)> AskPageAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        var (http, isChange) = method == HttpMethod.Get ? (_http, false) : (_changes, true);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(gateway, path)) { Content = body is null ? null : JsonContent.Create(body) };
            using var answer = await http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            var next = answer.Headers.TryGetValues("Link", out var links) ? NextPage().Match(links.First()) : null;
            return answer.IsSuccessStatusCode ? (text, next is { Success: true } ? next.Groups["url"].Value : null) : throw new CommandException(Reason(text) ?? $"{gateway} answered with {(int)answer.StatusCode}");
        }
        catch (HttpRequestException failure)
        {
            throw GatewayUrl.Unreachable(gateway, failure);
        }
        catch (TaskCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(
                $"{gateway} did not answer within {http.Timeout.TotalSeconds:0} s{(isChange ? "; the change may still be made" : "")}", innerException: failure);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _changes.Dispose();
    }

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

    [GeneratedRegex("<(?<url>[^>]*)>; rel=\"next\"", RegexOptions.NonBacktracking)]
    private static partial Regex NextPage();

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
