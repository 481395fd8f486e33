namespace Granary.Tenants;

/// <summary>How far a tenant is from its limits of a minute, as callers are told; what has no limit is <see langword="null"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.rates")]
public sealed record RateLimits
{
    /// <summary>Requests a minute.</summary>
    [Id(0)] public long? LimitRequests { get; init; }

    /// <summary>Of these left.</summary>
    [Id(1)] public long RemainingRequests { get; init; }

    /// <summary>Until all are left again.</summary>
    [Id(2)] public TimeSpan ResetRequests { get; init; }

    /// <summary>Tokens a minute.</summary>
    [Id(3)] public long? LimitTokens { get; init; }

    /// <summary>Of these left.</summary>
    [Id(4)] public long RemainingTokens { get; init; }

    /// <summary>Until all are left again.</summary>
    [Id(5)] public TimeSpan ResetTokens { get; init; }

    /// <summary>Of a refusal: when the same request can be admitted at the earliest; <see langword="null"/> where it never can.</summary>
    [Id(6)] public TimeSpan? RetryAfter { get; init; }
}
