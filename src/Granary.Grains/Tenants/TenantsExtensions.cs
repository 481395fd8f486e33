using Granary.Configuration;
using Granary.Shards;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Tenants;

/// <summary>Limits of tenants, and what they have used.</summary>
internal static class TenantsExtensions
{
    public static IServiceCollection AddTenants(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<TenantsOptions>(configuration, TenantsOptions.SectionName);
        services.AddGranaryOptions<WebhookOptions>(configuration, WebhookOptions.SectionName);
        services.TryAddSingleton<IWebhookSender, NoWebhookSender>();
        services.AddHostedService<TenantTender>();
        services.AddSingleton<PromptMeter>();
        services.AddSingleton<TenantQuotas>();
        services.AddSingleton<OpenReservations>();
        return services;
    }
}
