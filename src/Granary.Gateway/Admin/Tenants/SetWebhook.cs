namespace Granary.Gateway.Admin.Tenants;

/// <summary>Body of <c>PUT /admin/tenants/{tenant}/webhook</c>.</summary>
internal sealed record SetWebhook
{
    /// <summary>The receiver.</summary>
    public required string Url { get; init; }
}
