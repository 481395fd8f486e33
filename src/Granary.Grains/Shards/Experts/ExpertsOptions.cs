using System.ComponentModel.DataAnnotations;

namespace Granary.Shards;

/// <summary>How experts on other silos are asked; bound from <c>Granary:Experts</c>.</summary>
public sealed class ExpertsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Experts";

    /// <value>Batches under way from this silo to the experts of another one; further ones wait here. Bounds 1–1,024, default 8.</value>
    [Range(1, 1024)]
    public int MaxCallsPerSilo { get; set; } = 8;

    /// <value>Batches that wait for this silo's experts; further ones are refused, and their senders ask a replica or wait. Bounds 1–65,536, default 64.</value>
    [Range(1, 65536)]
    public int MaxQueued { get; set; } = 64;

    /// <value>A second silo that holds the same experts is asked when an answer takes this many times the usual. Bounds 1–1,000, default 3.</value>
    [Range(1, 1000)]
    public double HedgeFactor { get; set; } = 3;

    /// <value>The shortest wait before a second silo is asked. Bounds 0.1 ms–1 min, default 5 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.0001", "00:01:00")]
    public TimeSpan MinHedgeDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <value>How long an answer may take at all. Bounds 0.1 s–10 min, default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>How long a step waits for experts that no silo has at the moment, because the last one that held them died; then its generations go on elsewhere. Bounds 1 s–10 min, default 20 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RepairTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <value>How often it is asked whether other places of experts would be better. Bounds 0.5 s–1 day, default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00")]
    public TimeSpan BalanceEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>How much more even the silos' loads must become for experts to move, as a share of the largest. Bounds 0–1, default 0.1.</value>
    [Range(0.0, 1.0)]
    public double BalanceGain { get; set; } = 0.1;
}
