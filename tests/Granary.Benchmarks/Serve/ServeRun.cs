namespace Granary.Benchmarks.Serve;

/// <summary>What became of a load.</summary>
/// <param name="Time">How long it took.</param>
/// <param name="Results">What became of each request.</param>
internal sealed record ServeRun(TimeSpan Time, ServeResult[] Results)
{
    /// <summary>What became of the probes.</summary>
    public IReadOnlyList<ServeResult> Probes { get; init; } = [];

    /// <summary>When the rate, as it grew, was how many requests a second.</summary>
    public IReadOnlyList<(int Rps, DateTimeOffset At)> RateChanges { get; init; } = [];
}
