using Granary.Configuration;
using Granary.Sessions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Turns;

/// <summary>Turns that outlive the silo that runs them.</summary>
internal static class TurnsExtensions
{
    public static IServiceCollection AddTurns(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<FailoverOptions>(configuration, FailoverOptions.SectionName);
        services.AddGranaryOptions<SessionsOptions>(configuration, SessionsOptions.SectionName);
        services.TryAddSingleton<LocalTurns>();
        services.AddSingleton<LocalTurnReader>();
        services.AddSingleton<ILocalTurnReader>(provider => provider.GetRequiredService<LocalTurnReader>());
        services.AddSingleton<TurnSettlements>();
        services.AddSingleton<TurnServices>();
        services.AddHostedService<TurnRecoveryService>();
        return services;
    }
}
