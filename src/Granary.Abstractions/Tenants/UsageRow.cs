namespace Granary.Tenants;

/// <summary>What a tenant has used on a day, by key and model.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.usage.row")]
public sealed record UsageRow
{
    /// <summary>The day, UTC, as yyyy-MM-dd.</summary>
    [Id(0)] public required string Day { get; init; }

    /// <summary>Id of the key; empty for callers that needed none.</summary>
    [Id(1)] public required string Key { get; init; }

    /// <summary>The model.</summary>
    [Id(2)] public required string Model { get; init; }

    /// <summary>Turns that ended, failed ones included.</summary>
    [Id(3)] public long Requests { get; init; }

    /// <summary>Turns that failed.</summary>
    [Id(4)] public long Errors { get; init; }

    /// <summary>Tokens of prompts, cached ones included.</summary>
    [Id(5)] public long PromptTokens { get; init; }

    /// <summary>Of these, tokens whose KV was reused.</summary>
    [Id(6)] public long CachedTokens { get; init; }

    /// <summary>Tokens generated.</summary>
    [Id(7)] public long OutputTokens { get; init; }
}
