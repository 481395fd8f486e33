using System.Text.Json.Serialization;

namespace Granary.Tenants;

/// <summary>What a tenant may have of the whole cluster. What is <see langword="null"/> has no limit.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.limits")]
public sealed record TenantLimits
{
    /// <summary>Requests in any 60 seconds.</summary>
    [Id(0)] public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens, prompt and output, in any 60 seconds; a request counts when it is admitted.</summary>
    [Id(1)] public long? TokensPerMinute { get; init; }

    /// <summary>Turns at a time.</summary>
    [Id(2)] public long? ConcurrentStreams { get; init; }

    /// <summary>Tokens a day, UTC.</summary>
    [Id(3)] public long? TokensPerDay { get; init; }

    /// <summary>Tokens a calendar month, UTC.</summary>
    [Id(4)] public long? TokensPerMonth { get; init; }

    /// <summary>Tokens of one request, prompt and output together.</summary>
    [Id(5)] public int? MaxContextTokens { get; init; }

    /// <summary>Tokens of one output.</summary>
    [Id(6)] public int? MaxOutputTokens { get; init; }

    /// <summary>Models by name; <see langword="null"/> allows all.</summary>
    [Id(7)] public string[]? AllowedModels { get; init; }

    /// <summary>Share of a busy engine relative to other tenants', 0.01–100.</summary>
    [Id(8)] public double Weight { get; init; } = 1;

    /// <summary>The limit of a kind.</summary>
    public long? this[QuotaKind kind] => kind switch
    {
        QuotaKind.Requests => RequestsPerMinute,
        QuotaKind.Tokens => TokensPerMinute,
        QuotaKind.DayTokens => TokensPerDay,
        QuotaKind.MonthTokens => TokensPerMonth,
        _ => ConcurrentStreams,
    };

    /// <summary>Whether a model may be used.</summary>
    public bool Allows(string model) => AllowedModels?.Contains(model, StringComparer.Ordinal) != false;

    /// <summary>Whether anything is counted.</summary>
    [JsonIgnore]
    public bool HasQuotas => (RequestsPerMinute ?? TokensPerMinute ?? ConcurrentStreams ?? TokensPerDay ?? TokensPerMonth) is not null;

    /// <summary>Whether a request's tokens must be known before it begins.</summary>
    [JsonIgnore]
    public bool NeedsTokens => (TokensPerMinute ?? TokensPerDay ?? TokensPerMonth ?? MaxContextTokens ?? MaxOutputTokens) is not null;
}
