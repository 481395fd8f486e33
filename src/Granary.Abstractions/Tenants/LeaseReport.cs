namespace Granary.Tenants;

/// <summary>
/// What a silo has done with its lease, and what it needs. Amounts are by <see cref="QuotaKind"/> and, but for needs, sums since the lease's beginning: a report that is
/// lost or comes twice changes nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.report")]
public sealed record LeaseReport
{
    /// <summary>The silo, with its generation.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>The lease; 0 while the silo knows of none.</summary>
    [Id(1)] public required long Epoch { get; init; }

    /// <summary>Number of the report; older ones are not looked at any more.</summary>
    [Id(2)] public required long Number { get; init; }

    /// <summary>Amounts taken by requests; of streams 0.</summary>
    [Id(3)] public required long[] Spent { get; init; }

    /// <summary>Amounts that requests had reserved and did not use; they go back to the tenant, not to the lease.</summary>
    [Id(4)] public required long[] Refunded { get; init; }

    /// <summary>Amounts of the lease that the silo gives back unused.</summary>
    [Id(5)] public required long[] Returned { get; init; }

    /// <summary>Turns that run on the silo.</summary>
    [Id(6)] public required long InUse { get; init; }

    /// <summary>What the first waiting request lacks; less helps nobody.</summary>
    [Id(7)] public required long[] Head { get; init; }

    /// <summary>What all waiting requests lack.</summary>
    [Id(8)] public required long[] Need { get; init; }

    /// <summary>What the silo would like to have for those to come; at least <see cref="Need"/>.</summary>
    [Id(9)] public required long[] Want { get; init; }

    /// <summary>Day to which the day's amounts belong, as <see cref="LeaseGrant.Day"/>.</summary>
    [Id(10)] public required int Day { get; init; }

    /// <summary>Month to which the month's amounts belong.</summary>
    [Id(11)] public required int Month { get; init; }

    /// <summary>When the oldest request was admitted whose refund was not in an earlier report that was answered; by the tenant's clock.</summary>
    [Id(12)] public DateTimeOffset OldestRefund { get; init; }

    /// <summary>The <see cref="LeaseGrant.Claimed"/> of the last answer, whose turns are no longer in <see cref="InUse"/>.</summary>
    [Id(13)] public string[] Heard { get; init; } = [];

    /// <summary>Tokens of the day and of the month that turns have reserved whose usage is not in <see cref="Spent"/> less <see cref="Refunded"/> yet; of other kinds 0. Empty from a silo that does not tell.</summary>
    [Id(14)] public long[] Reserved { get; init; } = [];
}
