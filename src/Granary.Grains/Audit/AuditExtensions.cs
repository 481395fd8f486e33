using Granary.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Audit;

/// <summary>Who changed what.</summary>
internal static class AuditExtensions
{
    public static IServiceCollection AddAudit(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<AuditOptions>(configuration, AuditOptions.SectionName);
        services.AddSingleton<ServedModelsTrail>();
        return services;
    }
}
