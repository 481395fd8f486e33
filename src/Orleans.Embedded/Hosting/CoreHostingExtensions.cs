using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.Membership;

namespace Orleans.Hosting;

/// <summary>Clustering on one machine, and the directory.</summary>
public static class CoreHostingExtensions
{
    /// <summary>A cluster of this one silo, on the loopback address. Several processes need a membership table in a database.</summary>
    /// <exception cref="OrleansConfigurationException">Another process is named as the primary silo, which this engine has not.</exception>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev")
    {
        if (primarySiloEndpoint is not null && primarySiloEndpoint.Port != siloPort)
        {
            throw new OrleansConfigurationException("Orleans.Embedded keeps localhost clusters in one process; use AdoNet clustering for several.");
        }

        builder.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
        builder.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = serviceId;
            options.ClusterId = clusterId;
        });
        builder.Services.AddSingleton<IMembershipTable, MemoryMembershipTable>();
        return builder;
    }

    /// <summary>The directory that keeps warm grains when a silo dies. This engine always uses such a one.</summary>
    public static ISiloBuilder AddDistributedGrainDirectory(this ISiloBuilder siloBuilder, string? name = null) => siloBuilder;
}
