namespace Granary.Tenants;

/// <summary>What is counted of a tenant. Arrays of amounts are indexed by it.</summary>
public enum QuotaKind
{
    /// <summary>Requests in any 60 seconds.</summary>
    Requests = 0,

    /// <summary>Tokens, prompt and output, in any 60 seconds.</summary>
    Tokens,

    /// <summary>Tokens of a day, UTC.</summary>
    DayTokens,

    /// <summary>Tokens of a calendar month, UTC.</summary>
    MonthTokens,

    /// <summary>Turns that run at this moment.</summary>
    Streams,
}
