using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;

namespace Orleans.Hosting;

/// <summary>Registers how silos are chosen.</summary>
public static class PlacementStrategyExtensions
{
    /// <summary>Registers the director of a strategy.</summary>
    public static ISiloBuilder AddPlacementDirector<TStrategy, TDirector>(this ISiloBuilder builder)
        where TStrategy : PlacementStrategy
        where TDirector : class, IPlacementDirector
    {
        builder.Services.AddPlacementDirector<TStrategy, TDirector>();
        return builder;
    }

    /// <summary>Registers the director of a strategy.</summary>
    public static ISiloBuilder AddPlacementDirector<TStrategy>(this ISiloBuilder builder, Func<IServiceProvider, IPlacementDirector> createDirector)
        where TStrategy : PlacementStrategy
    {
        builder.Services.AddKeyedSingleton<IPlacementDirector>(typeof(TStrategy), (services, _) => createDirector(services));
        return builder;
    }

    /// <summary>Registers the director of a strategy.</summary>
    public static void AddPlacementDirector<TStrategy, TDirector>(this IServiceCollection services)
        where TStrategy : PlacementStrategy
        where TDirector : class, IPlacementDirector => services.AddKeyedSingleton<IPlacementDirector, TDirector>(typeof(TStrategy));
}
