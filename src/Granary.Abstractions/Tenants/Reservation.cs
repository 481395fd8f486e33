namespace Granary.Tenants;

/// <summary>What a turn was admitted with. It is kept with the turn, wherever that goes on, so that it is admitted once and charged once.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.reservation")]
public sealed record Reservation
{
    /// <summary>Whose turn it is.</summary>
    [Id(0)] public required string Tenant { get; init; }

    /// <summary>Id of the key that asked; empty where none was needed.</summary>
    [Id(1)] public string Key { get; init; } = "";

    /// <summary>The turn.</summary>
    [Id(2)] public required string Turn { get; init; }

    /// <summary>The silo that admitted it.</summary>
    [Id(3)] public required string Silo { get; init; }

    /// <summary>That silo's lease; 0 where nothing was counted.</summary>
    [Id(4)] public long Epoch { get; init; }

    /// <summary>Number of the report by which the tenant learns of it.</summary>
    [Id(5)] public long Report { get; init; }

    /// <summary>Tokens reserved: prompt and longest output.</summary>
    [Id(6)] public long Tokens { get; init; }

    /// <summary>When, by the tenant's clock.</summary>
    [Id(7)] public required DateTimeOffset At { get; init; }

    /// <summary>The day that it counts in, in days since 1970.</summary>
    [Id(8)] public int Day { get; init; }

    /// <summary>The month that it counts in.</summary>
    [Id(9)] public int Month { get; init; }

    /// <summary>The tenant's share of a busy engine.</summary>
    [Id(10)] public double Weight { get; init; } = 1;

    /// <summary>Tokens of the prompt; 0 where no limit wanted them counted.</summary>
    [Id(11)] public long PromptTokens { get; init; }
}
