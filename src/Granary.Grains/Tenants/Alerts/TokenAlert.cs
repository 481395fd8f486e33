namespace Granary.Tenants;

/// <summary>A part of a token limit is used; waits until the tenant's receiver has been told.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.alert")]
public sealed record TokenAlert
{
    /// <summary>Its own, the same in every attempt.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The limit: of the day or of the month.</summary>
    [Id(1)] public required QuotaKind Kind { get; init; }

    /// <summary>The day as yyyy-MM-dd, or the month as yyyy-MM.</summary>
    [Id(2)] public required string Period { get; init; }

    /// <summary>How much of the limit is used, in percent: 50, 80 or 100.</summary>
    [Id(3)] public required int Percent { get; init; }

    /// <summary>The limit in tokens.</summary>
    [Id(4)] public required long Limit { get; init; }

    /// <summary>Tokens that turns had used then that have ended.</summary>
    [Id(5)] public required long Used { get; init; }

    /// <summary>When that was.</summary>
    [Id(6)] public required DateTimeOffset At { get; init; }

    /// <summary>Attempts that have failed.</summary>
    [Id(7)] public int Failures { get; init; }

    /// <summary>When the next attempt is due.</summary>
    [Id(8)] public DateTimeOffset DueAt { get; init; }
}
