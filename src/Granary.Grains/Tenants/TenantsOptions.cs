using System.ComponentModel.DataAnnotations;

namespace Granary.Tenants;

/// <summary>Limits of tenants for which nobody has set any; bound from <c>Granary:Tenants</c>. docs/TENANTS.md says what each counts.</summary>
public sealed class TenantsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Tenants";

    /// <value>Requests in any 60 seconds, 1 or more; default no limit.</value>
    [Range(1, 1_000_000_000_000)]
    public long? RequestsPerMinute { get; set; }

    /// <value>Tokens in any 60 seconds, 1 or more; default no limit.</value>
    [Range(1, 1_000_000_000_000)]
    public long? TokensPerMinute { get; set; }

    /// <value>Turns at a time, 1 or more; default no limit.</value>
    [Range(1, 1_000_000_000_000)]
    public long? ConcurrentStreams { get; set; }

    /// <value>Tokens a day, UTC, 1 or more; default no limit.</value>
    [Range(1, 1_000_000_000_000)]
    public long? TokensPerDay { get; set; }

    /// <value>Tokens a calendar month, UTC, 1 or more; default no limit.</value>
    [Range(1, 1_000_000_000_000)]
    public long? TokensPerMonth { get; set; }

    /// <value>Tokens of one request, prompt and output together, 1 or more; default no limit but the model's.</value>
    [Range(1, 100_000_000)]
    public int? MaxContextTokens { get; set; }

    /// <value>Tokens of one output, 1 or more; default no limit but the model's.</value>
    [Range(1, 100_000_000)]
    public int? MaxOutputTokens { get; set; }

    /// <value>Names of the models that may be used; default all.</value>
    public string[] AllowedModels { get; set; } = [];

    /// <value>Share of a busy engine relative to other tenants', 0.01–100, default 1.</value>
    [Range(0.01, 100)]
    public double Weight { get; set; } = 1;

    /// <value>How long after a silo's death what it held of a tenant's limits returns; its turns go on elsewhere well before. 10 s–1 hour, default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00", ErrorMessage = "must be 10 seconds to 1 hour, as in 00:00:30")]
    public TimeSpan ReturnAfter { get; set; } = TimeSpan.FromSeconds(30);

    internal TenantLimits ToLimits() => new()
    {
        RequestsPerMinute = RequestsPerMinute,
        TokensPerMinute = TokensPerMinute,
        ConcurrentStreams = ConcurrentStreams,
        TokensPerDay = TokensPerDay,
        TokensPerMonth = TokensPerMonth,
        MaxContextTokens = MaxContextTokens,
        MaxOutputTokens = MaxOutputTokens,
        AllowedModels = AllowedModels.Length == 0 ? null : AllowedModels,
        Weight = Weight,
    };
}
