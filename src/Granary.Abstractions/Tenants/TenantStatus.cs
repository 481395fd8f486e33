namespace Granary.Tenants;

/// <summary>A tenant's limits, and what counts against them now.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.status")]
public sealed record TenantStatus
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Tenant { get; init; }

    /// <summary>What holds.</summary>
    [Id(1)] public required TenantLimits Limits { get; init; }

    /// <summary>Whether these are its own and not the configuration's.</summary>
    [Id(2)] public required bool HasOwnLimits { get; init; }

    /// <summary>Requests of the last 60 seconds; 0 where nothing is limited.</summary>
    [Id(3)] public long Requests { get; init; }

    /// <summary>Tokens of the last 60 seconds, running requests with all that they reserved.</summary>
    [Id(4)] public long Tokens { get; init; }

    /// <summary>Tokens of the day.</summary>
    [Id(5)] public long DayTokens { get; init; }

    /// <summary>Tokens of the month.</summary>
    [Id(6)] public long MonthTokens { get; init; }

    /// <summary>Turns that run.</summary>
    [Id(7)] public long Streams { get; init; }

    /// <summary>Silos that hold leases.</summary>
    [Id(8)] public int Leases { get; init; }

    /// <summary>Where it is told that its tokens run out; <see langword="null"/> where nobody is.</summary>
    [Id(9)] public WebhookStatus? Webhook { get; init; }
}
