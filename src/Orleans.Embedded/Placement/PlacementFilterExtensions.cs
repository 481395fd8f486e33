using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Placement;

/// <summary>Registers placement filters.</summary>
public static class PlacementFilterExtensions
{
    /// <summary>Registers the director of a filter.</summary>
    public static IServiceCollection AddPlacementFilter<TFilter, TDirector>(this IServiceCollection services, ServiceLifetime strategyLifetime)
        where TFilter : PlacementFilterStrategy
        where TDirector : class, IPlacementFilterDirector => services.AddKeyedSingleton<IPlacementFilterDirector, TDirector>(typeof(TFilter));
}
