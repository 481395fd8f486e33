namespace Granary.Tenants;

/// <summary>What a silo may do for a tenant, for a moment. Amounts are by <see cref="QuotaKind"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.grant")]
public sealed record LeaseGrant
{
    /// <summary>The limits that hold.</summary>
    [Id(0)] public required TenantLimits Limits { get; init; }

    /// <summary>How long all this holds, from when the silo asked.</summary>
    [Id(1)] public required TimeSpan ValidFor { get; init; }

    /// <summary>The tenant's clock.</summary>
    [Id(2)] public required DateTimeOffset Now { get; init; }

    /// <summary>The lease; 0 where nothing is counted.</summary>
    [Id(3)] public long Epoch { get; init; }

    /// <summary>Amounts given since the lease's beginning.</summary>
    [Id(4)] public long[] Granted { get; init; } = [];

    /// <summary>The current day, in days since 1970.</summary>
    [Id(5)] public int Day { get; init; }

    /// <summary>The current month, in months since year 0.</summary>
    [Id(6)] public int Month { get; init; }

    /// <summary>What is free, or lies unused on other silos that could give it back in a moment: who needs more than this and what he has is refused.</summary>
    [Id(7)] public long[] Reachable { get; init; } = [];

    /// <summary>What requests have not taken yet of the limits, wherever it lies.</summary>
    [Id(8)] public long[] Remaining { get; init; } = [];

    /// <summary>When requests of the last minute stop counting, one after another; empty where nobody is short.</summary>
    [Id(9)] public FreedAmount[] FreedRequests { get; init; } = [];

    /// <summary>When tokens of the last minute stop counting.</summary>
    [Id(10)] public FreedAmount[] FreedTokens { get; init; } = [];

    /// <summary>Until the day's end.</summary>
    [Id(11)] public TimeSpan DayEndsIn { get; init; }

    /// <summary>Until the month's end.</summary>
    [Id(12)] public TimeSpan MonthEndsIn { get; init; }

    /// <summary>Whether another silo lacks what may lie unused here.</summary>
    [Id(13)] public bool IsShort { get; init; }

    /// <summary>Turns of this silo that go on elsewhere and are counted there.</summary>
    [Id(14)] public string[] Claimed { get; init; } = [];

    /// <summary>Until no request of the last minute counts any more.</summary>
    [Id(15)] public TimeSpan ResetRequests { get; init; }

    /// <summary>Until no token of the last minute counts any more.</summary>
    [Id(16)] public TimeSpan ResetTokens { get; init; }

    /// <summary>What the silo gives back of what lay unused when it reported, before it admits anything: limits are lower than when it was given. Of streams also what is in use: as many turns end before another begins.</summary>
    [Id(17)] public long[] Excess { get; init; } = [];
}
