using System.Net;

namespace Orleans.Configuration;

/// <summary>Where a silo listens.</summary>
public class EndpointOptions
{
    /// <summary>The port for other silos when nothing is said.</summary>
    public const int DEFAULT_SILO_PORT = 11111;

    /// <summary>The port for clients when nothing is said.</summary>
    public const int DEFAULT_GATEWAY_PORT = 30000;

    /// <summary>The address that others connect to; the machine's own when nothing is said.</summary>
    public IPAddress? AdvertisedIPAddress { get; set; }

    /// <summary>The port for other silos.</summary>
    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    /// <summary>The port for clients. This engine has none and only publishes the number.</summary>
    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;

    /// <summary>Where to listen, when it is not the advertised address.</summary>
    public IPEndPoint? SiloListeningEndpoint { get; set; }

    /// <summary>Kept for Orleans' shape; this engine has no gateway.</summary>
    public IPEndPoint? GatewayListeningEndpoint { get; set; }
}
