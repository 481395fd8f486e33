namespace Granary.Tenants;

/// <summary>What a tenant grain stores.</summary>
[GenerateSerializer, Alias("granary.tenant.state")]
public sealed class TenantState
{
    /// <summary>Its own limits; <see langword="null"/>: those of the configuration.</summary>
    [Id(0)] public TenantLimits? Limits { get; set; }

    /// <summary>The latest time that it has acted by: time never goes back, whatever silo's clock it is on.</summary>
    [Id(1)] public DateTimeOffset Clock { get; set; }

    /// <summary>Leases so far.</summary>
    [Id(2)] public long Epochs { get; set; }

    /// <summary>The leases.</summary>
    [Id(3)] public List<LeaseRecord> Leases { get; set; } = [];

    /// <summary>Requests that count.</summary>
    [Id(4)] public MinuteWindow Requests { get; set; } = new();

    /// <summary>Tokens that count.</summary>
    [Id(5)] public MinuteWindow Tokens { get; set; } = new();

    /// <summary>The day of <see cref="DayTokens"/>.</summary>
    [Id(6)] public int Day { get; set; }

    /// <summary>Tokens of the day.</summary>
    [Id(7)] public long DayTokens { get; set; }

    /// <summary>The month of <see cref="MonthTokens"/>.</summary>
    [Id(8)] public int Month { get; set; }

    /// <summary>Tokens of the month.</summary>
    [Id(9)] public long MonthTokens { get; set; }

    /// <summary>The last reports of leases that have ended with their silos, by epoch; the latest ones.</summary>
    [Id(10)] public Dictionary<long, long> Ended { get; set; } = [];

    /// <summary>Who is told when tokens run out, and what is still to be told.</summary>
    [Id(11)] public AlertState Alerts { get; set; } = new();
}
