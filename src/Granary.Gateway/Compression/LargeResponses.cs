using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Compression;

/// <summary>Compresses what is worth it: an answer that fits into a packet gains nothing.</summary>
internal sealed class LargeResponses(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    private const int MinBytes = 1400;

    public override bool ShouldCompressResponse(HttpContext context) => context.Response.ContentLength is not < MinBytes && base.ShouldCompressResponse(context);
}
