using Granary.Audit;
using Granary.Clustering;
using Granary.Completions;
using Granary.Configuration;
using Granary.Deployments;
using Granary.Health;
using Granary.Profiles;
using Granary.ResponseCache;
using Granary.Serving;
using Granary.Shards;
using Granary.Storage;
using Granary.Tenants;
using Granary.TokenLog;
using Granary.Turns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Grains;

/// <summary>Everything that a silo needs to be one of Granary's.</summary>
public static class GranarySiloExtensions
{
    /// <summary>Clustering, storage, zone, placement and the models to serve, by the configuration's section <c>Granary</c>.</summary>
    public static ISiloBuilder AddGranary(this ISiloBuilder silo, IConfiguration configuration) =>
        silo.AddClustering(configuration).AddGranaryGrains(configuration);

    /// <summary>As <see cref="AddGranary"/>, for a silo whose membership someone else arranges, such as a test cluster.</summary>
    public static ISiloBuilder AddGranaryGrains(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddGranaryOptions<RoutingOptions>(configuration, RoutingOptions.SectionName);
        silo.AddSiloIdentity(configuration);
        silo.Services.AddClusterControl();
        silo.Services.AddHealth(configuration);
        silo.AddGrainStores(configuration);
        silo.Services.AddTokenLog(configuration);
        silo.Services.AddServing();
        silo.Services.AddAudit(configuration);
        silo.Services.AddTurns(configuration);
        silo.Services.AddTenants(configuration);
        silo.Services.AddCompletions(configuration);
        silo.Services.AddShards(configuration);
        silo.Services.AddProfiles();
        silo.Services.AddDeployments(configuration);
        silo.Services.AddResponseCache(configuration);
        return silo;
    }
}
