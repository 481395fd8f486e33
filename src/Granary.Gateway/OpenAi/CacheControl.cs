using Microsoft.Net.Http.Headers;

namespace Granary.Gateway.OpenAi;

/// <summary>What a request's <c>Cache-Control</c> says about kept answers.</summary>
/// <param name="Finds">Whether one may be given.</param>
/// <param name="Stores">Whether this one may be kept.</param>
internal readonly record struct CacheControl(bool Finds, bool Stores)
{
    /// <summary>That of a request over HTTP.</summary>
    public static CacheControl Of(HttpRequest request) => Parse(request.Headers.CacheControl.ToString());

    /// <summary>Reads the header's text; without one both.</summary>
    public static CacheControl Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || !CacheControlHeaderValue.TryParse(text, out var control))
            return new(true, true);
        return new(control is not ({ NoCache: true } or { NoStore: true }), control is not { NoStore: true });
    }
}
