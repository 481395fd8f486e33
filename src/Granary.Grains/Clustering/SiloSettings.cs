using System.ComponentModel.DataAnnotations;

namespace Granary.Clustering;

/// <summary>Who this silo is; bound from <c>Granary:Silo</c>.</summary>
public sealed class SiloSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Silo";

    /// <value>Name of the silo, one of its own in the cluster; default <c>silo</c>.</value>
    [Required, StringLength(100)]
    public string Name { get; set; } = "silo";

    /// <value>Availability zone; default <c>local</c>.</value>
    [Required, StringLength(100)]
    public string Zone { get; set; } = "local";

    /// <value>Name of the cluster; silos of one name find each other. Default <c>granary</c>.</value>
    [Required, StringLength(100)]
    public string ClusterId { get; set; } = "granary";

    /// <value>Name under which state is stored; it outlives clusters. Default <c>granary</c>.</value>
    [Required, StringLength(100)]
    public string ServiceId { get; set; } = "granary";

    /// <value>Port for other silos. Bounds 1–65535, default 11111.</value>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <value>Port for Orleans clients; 0 is none. Bounds 0–65535, default 30000.</value>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <value>IP address under which other silos reach this one; default the loopback address.</value>
    [Required, RegularExpression("^[0-9a-fA-F.:]+$", ErrorMessage = "must be an IP address")]
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <value>IP address that the silo listens on for other silos, where it is not <see cref="AdvertisedAddress"/>: behind address translation, in a container. Default none.</value>
    [RegularExpression("^[0-9a-fA-F.:]+$", ErrorMessage = "must be an IP address")]
    public string? ListenAddress { get; set; }

    /// <value>Longest time between the wish that the silo ends and its stop, while what it runs moves to others. Bounds 1 s–1 h, default 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <value>Sleeping conversations a second that this silo gives at most to one that has joined; 0 keeps them. Bounds 0–100,000, default 200.</value>
    [Range(0, 100_000)]
    public int RebalancePerSecond { get; set; } = 200;
}
