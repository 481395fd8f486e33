using System.ComponentModel.DataAnnotations;

namespace Granary.ResponseCache;

/// <summary>Answers of deterministic requests, kept; bound from <c>Granary:ResponseCache</c>.</summary>
public sealed class ResponseCacheOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:ResponseCache";

    /// <value>Whether answers are kept at all. Default no.</value>
    public bool Enabled { get; set; }

    /// <value>Memory of a silo for answers; the least recently used ones go first. 0–64 GiB, default 64 MiB.</value>
    [Range(0L, 64L << 30)]
    public long MaxBytes { get; set; } = 64 << 20;

    /// <value>Largest answer that is kept. 1 KiB–64 MiB, default 256 KiB.</value>
    [Range(1 << 10, 64 << 20)]
    public int MaxEntryBytes { get; set; } = 256 << 10;

    /// <value>How long an answer is kept. 1 s–30 days, default 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00", ErrorMessage = "must be 1 second to 30 days, as in 01:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <value>A Redis server that all silos share, host and port; without one each silo has its memory alone.</value>
    public string? Redis { get; set; }
}
