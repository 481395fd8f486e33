namespace Granary.Tenants;

/// <summary>What a tenant's day stores.</summary>
[GenerateSerializer, Alias("granary.tenant.usage.state")]
public sealed class UsageDayState
{
    /// <summary>By key and model.</summary>
    [Id(0)] public List<UsageRow> Rows { get; set; } = [];

    /// <summary>Turns that are in <see cref="Rows"/> and may come again: those that the token log still has as unfinished.</summary>
    [Id(1)] public List<string> Turns { get; set; } = [];

    /// <summary>Whose records of <see cref="Turns"/> were added: their <see cref="UsageRecord.Settlement"/>.</summary>
    [Id(2)] public Dictionary<string, string> Settlements { get; set; } = [];
}
