using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Hands limits, protocols and the certificate to Kestrel.</summary>
internal sealed class KestrelLimits(IOptions<GatewayOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>How long a sender or a reader may be slower.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public void Configure(KestrelServerOptions kestrel)
    {
        var (limits, wanted) = (kestrel.Limits, options.Value);
        kestrel.AddServerHeader = false;
        limits.MaxRequestBodySize = wanted.MaxBodyBytes + BodyReader.DrainBytes;
        limits.MaxRequestHeadersTotalSize = wanted.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8 << 10;
        limits.RequestHeadersTimeout = wanted.HeaderTimeout;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        limits.MaxConcurrentConnections = wanted.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = wanted.MaxConnections;
        limits.MinRequestBodyDataRate = new MinDataRate(wanted.MinBytesPerSecond, Grace);
        limits.MinResponseDataRate = new MinDataRate(wanted.MinBytesPerSecond, Grace);

        // HTTP/2 is agreed on by TLS; without TLS an address speaks either the one or the other.
        var ports = wanted.Http2Urls.Select(url => BindingAddress.Parse(url).Port).ToHashSet();
        kestrel.ConfigureEndpointDefaults(listen =>
        {
            if (listen.EndPoint is IPEndPoint { Port: var port } && ports.Contains(port))
                listen.Protocols = HttpProtocols.Http2;
        });
        if (wanted is { CertificateFile: { } certificate, CertificateKeyFile: { } key })
            kestrel.ConfigureHttpsDefaults(https => ServerCertificate.Use(https, certificate, key));
    }
}
