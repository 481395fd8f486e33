using System.ComponentModel.DataAnnotations;

namespace Granary.Gateway;

/// <summary>Where the gateway listens, whom it listens to and how much it takes; section <c>Granary:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Granary:Gateway";

    /// <summary>Addresses to listen on, as a list or as one text with semicolons.</summary>
    /// <value>Default <c>http://127.0.0.1:8080</c>; port 0 takes a free one.</value>
    public string[] Urls { get; set; } = [];

    /// <summary>Addresses without TLS for clients that begin with HTTP/2 (prior knowledge, h2c); they speak nothing else. With TLS every address speaks both.</summary>
    /// <value>As <see cref="Urls"/>, with ports of their own. Default none.</value>
    public string[] Http2Urls { get; set; } = [];

    /// <summary>Certificate of addresses with <c>https</c>, in PEM, followed by those that lead to its root. Read at the start.</summary>
    /// <value>A file. Default none.</value>
    public string? CertificateFile { get; set; }

    /// <summary>Its private key, in PEM.</summary>
    /// <value>A file. Default none.</value>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Where clients and pages reach this gateway; the other gateways tell theirs, who come here when one is gone.</summary>
    /// <value>An origin, like <c>https://granary-0.example.com</c>. Default the first of <see cref="Urls"/>; a gateway that listens on every address is not told without one.</value>
    public string? AdvertisedUrl { get; set; }

    /// <summary>Names that a request's Host header may have, without port; <c>*</c> allows every name.</summary>
    /// <value>Default: localhost, 127.0.0.1, [::1] and the names in <see cref="Urls"/> and <see cref="AdvertisedUrl"/>.</value>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Web origins besides those of the cluster's gateways whose pages may call it, for example <c>https://app.example.com</c>.</summary>
    /// <value>Default none.</value>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Largest request body.</summary>
    /// <value>Default 1 MiB; bounds 1 KiB–256 MiB.</value>
    [Range(1 << 10, 256 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Largest message that a hub connection or a plain WebSocket may send before it is closed. Between <see cref="MaxPromptChars"/> or <see cref="MaxBodyBytes"/> and this the
    /// caller gets a readable <c>too_large</c>, and the connection lives on.
    /// </summary>
    /// <value>Default 1 MiB more than <see cref="MaxBodyBytes"/>; bounds 32 KiB–256 MiB.</value>
    [Range(32 << 10, 256 << 20)]
    public int? MaxHubMessageBytes { get; set; }

    /// <summary>Most characters of all messages of one prompt together.</summary>
    /// <value>Default 500,000; bounds 1–100,000,000.</value>
    [Range(1, 100_000_000)]
    public int MaxPromptChars { get; set; } = 500_000;

    /// <summary>Most messages in one prompt.</summary>
    /// <value>Default 2,000; bounds 1–100,000.</value>
    [Range(1, 100_000)]
    public int MaxMessages { get; set; } = 2_000;

    /// <summary>Most prompts of one request to <c>/v1/completions</c>.</summary>
    /// <value>Default 32; bounds 1–128.</value>
    [Range(1, 128)]
    public int MaxPrompts { get; set; } = 32;

    /// <summary>Most outputs of one prompt (<c>n</c>, <c>best_of</c>).</summary>
    /// <value>Default 8; bounds 1–128.</value>
    [Range(1, 128)]
    public int MaxChoices { get; set; } = 8;

    /// <summary>Deepest nesting of JSON; a schema takes two levels for each of its own.</summary>
    /// <value>Default 48; bounds 8–64.</value>
    [Range(8, 64)]
    public int MaxJsonDepth { get; set; } = 48;

    /// <summary>Largest sum of all request headers.</summary>
    /// <value>Default 32 KiB; bounds 4 KiB–1 MiB.</value>
    [Range(4 << 10, 1 << 20)]
    public int MaxHeaderBytes { get; set; } = 32 << 10;

    /// <summary>How long a connection may take to send a request's headers.</summary>
    /// <value>1 s–10 minutes, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "must be 1 second to 10 minutes, as in 00:00:10")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most requests of one API key, or of one user of a provider, at a time at this gateway, streams included, and what runs over hub connections.</summary>
    /// <value>Default 1,000; bounds 1–1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxRequestsPerKey { get; set; } = 1_000;

    /// <summary>Most hub connections and plain WebSockets of one API key, or of one user of a provider, at a time at this gateway.</summary>
    /// <value>Default 1,000; bounds 1–1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerKey { get; set; } = 1_000;

    /// <summary>Most connections at a time, hub connections included.</summary>
    /// <value>Default 10,000; bounds 1–1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Slowest sender of a body or of a plain WebSocket's message, and slowest reader of a response, that is kept, after five seconds of grace.</summary>
    /// <value>Default 240 bytes a second; bounds 1–1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MinBytesPerSecond { get; set; } = 240;

    /// <summary><see cref="MaxHubMessageBytes"/>, or its default: a body that HTTP takes fits, with what is written around it.</summary>
    internal int HubMessageBytes => MaxHubMessageBytes ?? MaxBodyBytes + (1 << 20);

    /// <summary>How long a gateway goes on trying to reach a reply that makes no progress, before its reader gets <c>unavailable</c>.</summary>
    /// <value>1 s–1 hour, default 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "must be 1 second to 1 hour, as in 00:01:00")]
    public TimeSpan ResumePatience { get; set; } = TimeSpan.FromSeconds(60);
}
