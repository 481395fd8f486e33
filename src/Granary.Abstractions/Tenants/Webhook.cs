namespace Granary.Tenants;

/// <summary>Where a tenant is told that its tokens run out.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.webhook")]
public sealed record Webhook
{
    /// <summary>The receiver: an absolute https address.</summary>
    [Id(0)] public required string Url { get; init; }

    /// <summary>What messages are signed with.</summary>
    [Id(1)] public required byte[] Secret { get; init; }
}
