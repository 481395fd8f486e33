using System.ComponentModel.DataAnnotations;

namespace Granary.Tenants;

/// <summary>How alerts are delivered; bound from <c>Granary:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Webhooks";

    /// <value>Whether receivers may be on loopback, private and link-local addresses, and be called without TLS. Default false: a tenant's administrator must not reach what only the silo can.</value>
    public bool AllowPrivateTargets { get; set; }

    /// <value>How long a receiver may take to answer. 1 s–1 min, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "must be 1 second to 1 minute, as in 00:00:10")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>Time between a failed attempt and the next; doubles with every failure up to an hour. 100 ms–1 hour, default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ErrorMessage = "must be 0.1 seconds to 1 hour, as in 00:00:05")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <value>When an alert that nobody takes is given up. 1 min–30 days, default 1 day.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00", ErrorMessage = "must be 1 minute to 30 days, as in 1.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);
}
