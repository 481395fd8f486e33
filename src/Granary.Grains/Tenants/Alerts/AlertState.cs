namespace Granary.Tenants;

/// <summary>What a tenant grain stores about its alerts.</summary>
[GenerateSerializer, Alias("granary.tenant.alerts")]
public sealed class AlertState
{
    /// <summary>The receiver; <see langword="null"/> where there is none.</summary>
    [Id(0)] public Webhook? Webhook { get; set; }

    /// <summary>What has been told of each limit.</summary>
    [Id(1)] public Dictionary<QuotaKind, AlertMark> Marks { get; set; } = [];

    /// <summary>What is to be told, oldest first.</summary>
    [Id(2)] public List<TokenAlert> Waiting { get; set; } = [];

    /// <summary>When the receiver last took one.</summary>
    [Id(3)] public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    [Id(4)] public string? Failure { get; set; }
}
