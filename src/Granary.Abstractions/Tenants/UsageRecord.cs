namespace Granary.Tenants;

/// <summary>What one turn has used.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.usage")]
public sealed record UsageRecord
{
    /// <summary>The turn; a record that comes twice counts once.</summary>
    [Id(0)] public required string Turn { get; init; }

    /// <summary>The day on which it was admitted, in days since 1970, UTC.</summary>
    [Id(1)] public required int Day { get; init; }

    /// <summary>Id of the key that asked; empty where none was needed.</summary>
    [Id(2)] public required string Key { get; init; }

    /// <summary>The model that answered.</summary>
    [Id(3)] public required string Model { get; init; }

    /// <summary>Tokens of the prompt, cached ones included; 0 where no replica began to compute it.</summary>
    [Id(4)] public long PromptTokens { get; init; }

    /// <summary>Tokens of the prompt whose KV was reused.</summary>
    [Id(5)] public long CachedTokens { get; init; }

    /// <summary>Tokens of all outputs, as many as the token log has.</summary>
    [Id(6)] public long OutputTokens { get; init; }

    /// <summary>Whether it failed. Turns that were refused before they began are not recorded.</summary>
    [Id(7)] public bool IsError { get; init; }

    /// <summary>Unique to whoever settles the turn: told again, because nobody answered, it is the same. Empty from a silo that does not tell.</summary>
    [Id(8)] public string Settlement { get; init; } = "";
}
