using Microsoft.AspNetCore.ResponseCompression;

namespace Granary.Gateway.Compression;

/// <summary>Brotli and gzip for what is not a stream.</summary>
internal static class CompressionExtensions
{
    public static IServiceCollection AddCompression(this IServiceCollection services)
    {
        services.AddResponseCompression(compression =>
        {
            // No page sends a secret by itself (no cookies), so nobody can guess one by the length of answers.
            compression.EnableForHttps = true;
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "image/svg+xml", "text/csv"];
        });
        return services.AddSingleton<IResponseCompressionProvider, LargeResponses>();
    }
}
