using Granary.Tenants;

namespace Granary.Gateway.Webhooks;

/// <summary>Calls to receivers that tenants have named.</summary>
internal static class WebhooksExtensions
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) =>
        services.AddSingleton<WebhookTargets>().AddSingleton<IWebhookSender, WebhookSender>();
}
