namespace Granary.Tenants;

/// <summary>A silo's lease, as the tenant knows it. Amounts are sums since its beginning, those of day and month since the day's and month's.</summary>
[GenerateSerializer, Alias("granary.tenant.lease")]
public sealed class LeaseRecord
{
    /// <summary>The silo, with its generation.</summary>
    [Id(0)] public string Silo { get; set; } = "";

    /// <summary>Unique in the tenant.</summary>
    [Id(1)] public long Epoch { get; set; }

    /// <summary>The last report that was taken in.</summary>
    [Id(2)] public long Report { get; set; }

    /// <summary>Given.</summary>
    [Id(3)] public long[] Granted { get; set; } = new long[Quota.Kinds];

    /// <summary>Taken by requests.</summary>
    [Id(4)] public long[] Spent { get; set; } = new long[Quota.Kinds];

    /// <summary>Reserved by requests and not used.</summary>
    [Id(5)] public long[] Refunded { get; set; } = new long[Quota.Kinds];

    /// <summary>Given back unused.</summary>
    [Id(6)] public long[] Returned { get; set; } = new long[Quota.Kinds];

    /// <summary>Turns that run.</summary>
    [Id(7)] public long InUse { get; set; }

    /// <summary>Turns that went on elsewhere, until the silo has heard of it, and the leases that they count in now.</summary>
    [Id(9)] public Dictionary<string, long> Claimed { get; set; } = [];

    /// <summary>Tokens of the day and of the month that turns have reserved which have not been settled.</summary>
    [Id(10)] public long[] Reserved { get; set; } = new long[Quota.Kinds];

    /// <summary>What the silo may take without asking; of streams, what it may run.</summary>
    internal long Held(QuotaKind kind) => Math.Max(0, Granted[(int)kind] - Spent[(int)kind] - Returned[(int)kind]);

    /// <summary>What it takes up of the limit. A silo may run more turns than it may begin: those that ran when limits were lowered.</summary>
    internal long Committed(QuotaKind kind) => kind == QuotaKind.Streams ? Math.Max(Held(kind), InUse) : Held(kind);

    /// <summary>What of it lies unused.</summary>
    internal long Unused(QuotaKind kind) => kind == QuotaKind.Streams ? Math.Max(0, Held(kind) - InUse) : Held(kind);

    /// <summary>The silo may run what it runs, and so begin another turn where one ends.</summary>
    /// <returns>Whether it may do so only now.</returns>
    internal bool Cover()
    {
        var k = (int)QuotaKind.Streams;
        var (before, covered) = (Granted[k], Returned[k] + InUse);
        Granted[k] = Math.Max(before, covered);
        return covered > before;
    }

    internal void Forget(QuotaKind kind) => Granted[(int)kind] = Spent[(int)kind] = Refunded[(int)kind] = Returned[(int)kind] = Reserved[(int)kind] = 0;
}
