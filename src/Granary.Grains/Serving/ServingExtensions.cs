using Microsoft.Extensions.DependencyInjection;

namespace Granary.Serving;

/// <summary>Who serves what, and how requests find it.</summary>
internal static class ServingExtensions
{
    public static IServiceCollection AddServing(this IServiceCollection services)
    {
        services.AddSingleton<ReplicaDirectory>();
        services.AddSingleton<IServedModels, ServedModels>();
        return services.AddRouting();
    }
}
