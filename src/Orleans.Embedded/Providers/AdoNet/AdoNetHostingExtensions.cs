using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;

namespace Orleans.Hosting;

/// <summary>Clustering over a database.</summary>
public static class AdoNetHostingExtensions
{
    /// <summary>Silos find one another in PostgreSQL.</summary>
    public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<AdoNetClusteringSiloOptions> configureOptions)
    {
        builder.Services.Configure(configureOptions);
        builder.Services.AddSingleton<IMembershipTable, AdoNetClusteringTable>();
        return builder;
    }
}
