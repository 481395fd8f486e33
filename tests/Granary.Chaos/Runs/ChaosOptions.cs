namespace Granary.Chaos.Runs;

/// <summary>How much chaos.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Decides the faults and what the clients do.</summary>
    public required int Seed { get; init; }

    /// <summary>For how long faults begin.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>One fault begins in each.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clients that stream.</summary>
    public int Streams { get; init; } = 64;

    /// <summary>Most of the time that a client has between the last fault and the end of its reply.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromMinutes(2);
}
