namespace Granary.Gateway.OpenAi;

/// <summary>What a request's <c>Cache-Control</c> says about kept answers.</summary>
/// <param name="Finds">Whether one may be given.</param>
/// <param name="Stores">Whether this one may be kept.</param>
internal readonly record struct CacheControl(bool Finds, bool Stores)
{
    public static CacheControl Of(HttpRequest request)
    {
        if (request.Headers.CacheControl.Count == 0)
            return new(true, true);
        var control = request.GetTypedHeaders().CacheControl;
        return new(control is not ({ NoCache: true } or { NoStore: true }), control is not { NoStore: true });
    }
}
