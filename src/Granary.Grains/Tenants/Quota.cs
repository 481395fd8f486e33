namespace Granary.Tenants;

/// <summary>Amounts by <see cref="QuotaKind"/>.</summary>
internal static class Quota
{
    public const int Kinds = 5;

    /// <summary>How long a request counts in the limits of a minute.</summary>
    public static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    public static readonly QuotaKind[] All = [QuotaKind.Requests, QuotaKind.Tokens, QuotaKind.DayTokens, QuotaKind.MonthTokens, QuotaKind.Streams];

    /// <summary>Days since 1970, UTC.</summary>
    public static int DayOf(DateTimeOffset time) => (int)(time.ToUnixTimeSeconds() / 86400);

    /// <summary>Months since year 0, UTC.</summary>
    public static int MonthOf(DateTimeOffset time) => (time.UtcDateTime.Year * 12) + time.UtcDateTime.Month - 1;

    public static TimeSpan DayEndsIn(DateTimeOffset time) => time.UtcDateTime.Date.AddDays(1) - time.UtcDateTime;

    public static TimeSpan MonthEndsIn(DateTimeOffset time) => new DateTime(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1) - time.UtcDateTime;

    /// <summary>What a request of so many tokens takes of a kind.</summary>
    public static long Of(QuotaKind kind, long tokens) => kind is QuotaKind.Requests or QuotaKind.Streams ? 1 : tokens;
}
