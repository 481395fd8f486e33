namespace Granary.Tenants;

/// <summary>What the directory of tenants stores.</summary>
[GenerateSerializer, Alias("granary.tenants.state")]
public sealed class TenantDirectoryState
{
    /// <summary>Ids, by name.</summary>
    [Id(0)] public List<string> Tenants { get; set; } = [];

    /// <summary>Those that have a webhook.</summary>
    [Id(1)] public HashSet<string> WithWebhook { get; set; } = [];
}
