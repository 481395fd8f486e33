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

    /// <summary>Names that a request's Host header may have, without port; <c>*</c> allows every name.</summary>
    /// <value>Default: localhost, 127.0.0.1, [::1] and the names in <see cref="Urls"/>.</value>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Web origins besides the gateway's own whose pages may call it, for example <c>https://app.example.com</c>.</summary>
    /// <value>Default none.</value>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Largest request body.</summary>
    /// <value>Default 1 MiB; bounds 1 KiB–256 MiB.</value>
    [Range(1 << 10, 256 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Largest message that a hub connection may send before it is closed. Between <see cref="MaxPromptChars"/> and this the caller gets a
    /// readable <c>too_large</c>, and the connection lives on.
    /// </summary>
    /// <value>Default 16 MiB; bounds 32 KiB–256 MiB.</value>
    [Range(32 << 10, 256 << 20)]
    public int MaxHubMessageBytes { get; set; } = 16 << 20;

    /// <summary>Most characters of all messages of one prompt together.</summary>
    /// <value>Default 500,000; bounds 1–100,000,000.</value>
    [Range(1, 100_000_000)]
    public int MaxPromptChars { get; set; } = 500_000;

    /// <summary>Most messages in one prompt.</summary>
    /// <value>Default 2,000; bounds 1–100,000.</value>
    [Range(1, 100_000)]
    public int MaxMessages { get; set; } = 2_000;

    /// <summary>Most outputs of one completion (<c>n</c>).</summary>
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

    /// <summary>Most connections at a time, hub connections included.</summary>
    /// <value>Default 10,000; bounds 1–1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Slowest sender of a body or reader of a response that is kept, after five seconds of grace.</summary>
    /// <value>Default 240 bytes a second; bounds 1–1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MinBytesPerSecond { get; set; } = 240;
}
