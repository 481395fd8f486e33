using System.ComponentModel.DataAnnotations;

namespace Granary.Audit;

/// <summary>How long changes are remembered; bound from <c>Granary:Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Audit";

    /// <value>How long an entry is kept. 1 day–3,660 days, default 400 days.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00", ErrorMessage = "must be 1 to 3660 days, as in 400.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(400);
}
