using System.Net;
using Granary.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Granary.Clustering;

/// <summary>Membership, directory and what a silo says about itself.</summary>
internal static class ClusteringExtensions
{
    /// <summary>Joins the cluster that the configuration names.</summary>
    public static ISiloBuilder AddClustering(this ISiloBuilder silo, IConfiguration configuration)
    {
        var clustering = configuration.GetSection(ClusteringOptions.SectionName).Get<ClusteringOptions>() ?? new ClusteringOptions();
        var settings = Settings(configuration);
        silo.Services.AddGranaryOptions<ClusteringOptions>(configuration, ClusteringOptions.SectionName);
        if (clustering.Kind == "localhost")
        {
            silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, null, settings.ServiceId, settings.ClusterId);
        }
        else
        {
            // Before the silo's own service, which reads the tables.
            silo.Services.Insert(0, ServiceDescriptor.Singleton<Microsoft.Extensions.Hosting.IHostedService>(_ => new PostgresSchemaService(clustering.ConnectionString!)));
            silo.UseAdoNetClustering(options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = clustering.ConnectionString!;
            });
            silo.Configure<ClusterOptions>(options =>
            {
                options.ClusterId = settings.ClusterId;
                options.ServiceId = settings.ServiceId;
            });
            silo.ConfigureEndpoints(IPAddress.Parse(settings.AdvertisedAddress), settings.SiloPort, settings.GatewayPort);
            if (settings.ListenAddress is { Length: > 0 } listen)
            {
                silo.Configure<EndpointOptions>(options => options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Parse(listen), settings.SiloPort));
            }
        }

        silo.Configure<SiloOptions>(options => options.SiloName = settings.Name);
        return silo.AddSiloCertificates(clustering).AddTightMembership();
    }

    /// <summary>Zone and gateway URL, which placement and other silos see.</summary>
    public static ISiloBuilder AddSiloIdentity(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddGranaryOptions<SiloSettings>(configuration, SiloSettings.SectionName);
        silo.Services.AddSingleton<LocalSilo>();
        silo.Services.AddSingleton<IClusterStatusReader, ClusterStatusReader>();
        silo.Services.AddSingleton<IGatewayDirectory, GatewayDirectory>();
        return silo.UseSiloMetadata(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SiloMetadataKeys.Zone] = Settings(configuration).Zone,
            [SiloMetadataKeys.GatewayUrl] = GatewayUrl(configuration.GetSection("Granary:Gateway")),
        });
    }

    private static string GatewayUrl(IConfigurationSection gateway) =>
        gateway["AdvertisedUrl"] ?? gateway["Urls"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? gateway["Urls:0"] ?? "";

    /// <summary>
    /// A killed silo is noticed in about a second and a paused one in a few, at the price of more probes; warm grains of surviving silos stay, which the
    /// default directory does not promise.
    /// </summary>
    private static ISiloBuilder AddTightMembership(this ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.MinProbeTimeout = TimeSpan.FromSeconds(0.5);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            options.NumMissedProbesLimit = 2;
            options.NumVotesForDeathDeclaration = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
        silo.Configure<GrainDirectoryOptions>(options =>
        {
            options.RangeLeaseDuration = TimeSpan.FromSeconds(2);
            options.CacheSize = 100_000; // every completion is a grain, whose address nobody asks for again: ten times as many would be some 300 MB of them
        });
        return silo.AddDistributedGrainDirectory();
    }

    private static SiloSettings Settings(IConfiguration configuration) =>
        configuration.GetSection(SiloSettings.SectionName).Get<SiloSettings>() ?? new SiloSettings();
}
