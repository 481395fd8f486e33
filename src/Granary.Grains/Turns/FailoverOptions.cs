using System.ComponentModel.DataAnnotations;

namespace Granary.Turns;

/// <summary>When a reply leaves its replica for another one; bound from <c>Granary:Failover</c>.</summary>
public sealed class FailoverOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Failover";

    /// <value>Longest silence of a replica, which otherwise gives a sign of life four times a second; doubled with each that is silent in a row, three times at most. 0.1–600 s, default 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "must be 0.1 to 600 seconds, as in 00:00:01")]
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>How long a reply whose beginning was shown looks for a replica before it is given up. 1 s–1 day, default 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be 1 second to 1 day, as in 00:10:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <value>How long a reply of which nothing was shown looks for a replica before it is refused. 0–1 hour, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "must be 0 seconds to 1 hour, as in 00:00:10")]
    public TimeSpan RefuseAfter { get; set; } = TimeSpan.FromSeconds(10);
}
