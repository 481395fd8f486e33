using Granary.Errors;

namespace Granary.Tenants;

/// <summary>What limits may be.</summary>
internal static class TenantLimitsRules
{
    private const double MinWeight = 0.01;
    private const double MaxWeight = 100;

    /// <exception cref="GranaryException"><c>invalid_request</c>, which names the limit.</exception>
    public static void Check(TenantLimits limits)
    {
        Bound(limits.RequestsPerMinute, "requestsPerMinute");
        Bound(limits.TokensPerMinute, "tokensPerMinute");
        Bound(limits.ConcurrentStreams, "concurrentStreams");
        Bound(limits.TokensPerDay, "tokensPerDay");
        Bound(limits.TokensPerMonth, "tokensPerMonth");
        Bound(limits.MaxContextTokens, "maxContextTokens");
        Bound(limits.MaxOutputTokens, "maxOutputTokens");
        if (!(limits.Weight is >= MinWeight and <= MaxWeight))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"weight must be {MinWeight} to {MaxWeight}; it is {limits.Weight}.", "weight");
        }
    }

    private static void Bound(long? limit, string name)
    {
        const long most = 1_000_000_000_000;
        if (limit is < 0 or > most)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{name} must be 0 to {most}, or absent for no limit; it is {limit}.", name);
        }
    }
}
