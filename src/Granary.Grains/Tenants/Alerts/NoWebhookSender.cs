using Granary.Errors;

namespace Granary.Tenants;

/// <summary>Of a silo without a gateway: its alerts wait for one that has.</summary>
internal sealed class NoWebhookSender : IWebhookSender
{
    private const string Reason = "the silo has no gateway";

    public void Check(string url) => throw new GranaryException(ErrorCode.Unavailable, $"Webhooks cannot be set here: {Reason}.");

    public Task<string?> SendAsync(string tenant, Webhook webhook, TokenAlert alert) => Task.FromResult<string?>(Reason);
}
