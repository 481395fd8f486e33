using System.Globalization;
using Granary.Host.Local;

namespace Granary.Chaos.Silos;

/// <summary>What a silo process is told beyond its zone's configuration file.</summary>
internal sealed class SiloEnvironment(ClusterSetup setup, GranaryPaths paths, StoreServer redis, StoreServer postgres)
{
    public Dictionary<string, string> Of(SiloSpec spec, Uri url, int siloPort, string? disk)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GRANARY_ROOT"] = HostProgram.Root,
            ["Granary__Silo__Name"] = spec.Name,
            ["Granary__Silo__Zone"] = spec.Zone,
            ["Granary__Silo__SiloPort"] = siloPort.ToString(CultureInfo.InvariantCulture),
            ["Granary__Silo__GatewayPort"] = "0",
            ["Granary__Gateway__Urls__0"] = url.GetLeftPart(UriPartial.Authority),
            ["Granary__Storage__Kind"] = setup.Storage,
            ["Granary__Storage__ConnectionString"] = setup.Storage switch
            {
                "redis" => redis.ConnectionString,
                "postgresql" => postgres.ConnectionString,
                _ => Path.Combine(disk ?? paths.Data, "granary.db"),
            },
            ["Granary__Models__Folder"] = paths.Models,
            ["Granary__Models__Serve__0"] = ChaosModel.Name,
            ["Granary__Engine__Slots"] = setup.Slots.ToString(CultureInfo.InvariantCulture),
            ["Granary__Engine__KvHostBytes"] = (64 << 20).ToString(CultureInfo.InvariantCulture),
            ["Granary__Engine__KvCacheBytes"] = (512 << 20).ToString(CultureInfo.InvariantCulture),
        };
        if (setup.HasStores)
        {
            environment["Granary__Clustering__ConnectionString"] = postgres.ConnectionString;
        }

        if (disk is not null)
        {
            environment["Granary__Engine__KvDiskFolder"] = Path.Combine(disk, spec.Name);
        }

        SharedCores.Divide(environment, setup.Silos.Count);
        foreach (var (key, value) in setup.Settings)
        {
            environment[key] = value;
        }

        return environment;
    }
}
