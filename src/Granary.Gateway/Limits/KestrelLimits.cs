using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Hands the limits to Kestrel.</summary>
internal sealed class KestrelLimits(IOptions<GatewayOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public void Configure(KestrelServerOptions kestrel)
    {
        var (limits, wanted) = (kestrel.Limits, options.Value);
        kestrel.AddServerHeader = false;
        limits.MaxRequestBodySize = wanted.MaxBodyBytes + BodyReader.DrainBytes;
        limits.MaxRequestHeadersTotalSize = wanted.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8 << 10;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        limits.MaxConcurrentConnections = wanted.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = wanted.MaxConnections;
        limits.MinRequestBodyDataRate = new MinDataRate(wanted.MinBytesPerSecond, Grace);
        limits.MinResponseDataRate = new MinDataRate(wanted.MinBytesPerSecond, Grace);
    }
}
