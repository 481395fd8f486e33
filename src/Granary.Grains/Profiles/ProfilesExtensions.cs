using Microsoft.Extensions.DependencyInjection;

namespace Granary.Profiles;

/// <summary>What silos have, and how busy they are.</summary>
internal static class ProfilesExtensions
{
    public static IServiceCollection AddProfiles(this IServiceCollection services)
    {
        services.AddSingleton<LocalProfile>();
        services.AddSingleton<ProfileReader>();
        services.AddSingleton<LinkProbe>();
        services.AddSingleton<IClusterProfiles, ClusterProfiles>();
        services.AddHostedService<ProfileService>();
        return services;
    }
}
