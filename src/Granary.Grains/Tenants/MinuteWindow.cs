namespace Granary.Tenants;

/// <summary>
/// Amounts of the last 60 seconds, in buckets of a second. An amount counts from the charge until 60 seconds later in full, and up to a second more: so in no span of 60
/// seconds is the sum of what was charged above what <see cref="Sum"/> was kept below.
/// </summary>
[GenerateSerializer, Alias("granary.tenant.minute")]
public sealed class MinuteWindow
{
    private const int Span = 61;

    /// <summary>The longest that a charge counts.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(Span);

    /// <summary>Seconds since 1970, ascending.</summary>
    [Id(0)] public List<long> Seconds { get; set; } = [];

    /// <summary>What was charged in each.</summary>
    [Id(1)] public List<long> Amounts { get; set; } = [];

    /// <summary>What counts.</summary>
    /// <param name="now">Never goes back.</param>
    internal long Sum(DateTimeOffset now)
    {
        Expire(now);
        return Amounts.Sum();
    }

    /// <summary>Charges an amount, which happened now or up to a lease's length before.</summary>
    internal void Charge(long amount, DateTimeOffset now)
    {
        if (amount <= 0)
        {
            return;
        }

        Expire(now);
        var second = now.ToUnixTimeSeconds();
        if (Seconds is [.., var last] && last >= second)
        {
            Amounts[^1] += amount;
        }
        else
        {
            Seconds.Add(second);
            Amounts.Add(amount);
        }
    }

    /// <summary>Takes back an amount whose charge still counts: from the oldest buckets, for then it never frees anything later than the charge itself would have.</summary>
    internal void Refund(long amount, DateTimeOffset now)
    {
        Expire(now);
        for (var i = 0; i < Amounts.Count && amount > 0; i++)
        {
            var part = Math.Min(amount, Amounts[i]);
            Amounts[i] -= part;
            amount -= part;
        }
    }

    /// <summary>When what counts stops counting.</summary>
    internal FreedAmount[] Schedule(DateTimeOffset now)
    {
        Expire(now);
        return [.. Seconds.Zip(Amounts).Where(bucket => bucket.Second > 0).Select(bucket => new FreedAmount(DateTimeOffset.FromUnixTimeSeconds(bucket.First + Span) - now, bucket.Second))];
    }

    /// <summary>Until nothing counts any more.</summary>
    internal TimeSpan EmptyIn(DateTimeOffset now)
    {
        Expire(now);
        return Seconds is [.., var last] ? DateTimeOffset.FromUnixTimeSeconds(last + Span) - now : TimeSpan.Zero;
    }

    private void Expire(DateTimeOffset now)
    {
        var first = now.ToUnixTimeSeconds() - Span;
        var old = 0;
        while (old < Seconds.Count && Seconds[old] <= first)
        {
            old++;
        }

        Seconds.RemoveRange(0, old);
        Amounts.RemoveRange(0, old);
    }
}
