namespace Granary.Tenants;

/// <summary>A tenant's webhook, without its secret.</summary>
[GenerateSerializer, Immutable, Alias("granary.tenant.webhook.status")]
public sealed record WebhookStatus
{
    /// <summary>The receiver.</summary>
    [Id(0)] public required string Url { get; init; }

    /// <summary>Alerts that the receiver has not taken yet.</summary>
    [Id(1)] public int Waiting { get; init; }

    /// <summary>When it last took one.</summary>
    [Id(2)] public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>Why the last attempt failed; <see langword="null"/> where it did not.</summary>
    [Id(3)] public string? Failure { get; init; }
}
