using System.ComponentModel.DataAnnotations;

namespace Granary.Completions;

/// <summary>Generations without conversations; bound from <c>Granary:Completions</c>.</summary>
public sealed class CompletionsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Completions";

    /// <value>How long one runs on that nobody reads: time for a client to come back. 0 s–1 hour, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "must be 0 seconds to 1 hour, as in 00:00:10")]
    public TimeSpan AbandonAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>How long one can be read again after its end. 1 s–7 days, default 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00", ErrorMessage = "must be 1 second to 7 days, as in 01:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromHours(1);
}
