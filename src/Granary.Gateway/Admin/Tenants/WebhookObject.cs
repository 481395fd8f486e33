using Granary.Tenants;

namespace Granary.Gateway.Admin.Tenants;

/// <summary>A webhook that was set; the secret is in this answer, and in none after it.</summary>
internal sealed record WebhookObject(string Url, string Secret)
{
    private const string Prefix = "whsec_";

    public static WebhookObject From(Webhook webhook) => new(webhook.Url, Prefix + Convert.ToBase64String(webhook.Secret));
}
