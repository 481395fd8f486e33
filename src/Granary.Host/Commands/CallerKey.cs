using System.Net.Http.Headers;

namespace Granary.Host.Commands;

/// <summary>The API key or token that commands send: <c>GRANARY_KEY</c>. An option would show it to everybody who can list processes.</summary>
internal static class CallerKey
{
    public static string? Current => Environment.GetEnvironmentVariable("GRANARY_KEY") is { Length: > 0 } key ? key : null;

    /// <summary>A client that sends it.</summary>
    /// <param name="patience">How long an answer is waited for.</param>
    public static HttpClient CreateClient(TimeSpan patience) => new()
    {
        Timeout = patience,
        DefaultRequestHeaders = { Authorization = Current is { } key ? new AuthenticationHeaderValue("Bearer", key) : null },
    };
}
