using System.Globalization;

namespace Granary.Deployments.Planning;

/// <summary>What is left of the silos while a plan is made.</summary>
internal sealed class PlanBoard(PlanInput input)
{
    private readonly Dictionary<string, SiloCapacity> _silos = input.Silos.ToDictionary(silo => silo.Address, StringComparer.Ordinal);
    private readonly Dictionary<string, long> _free = input.Silos.ToDictionary(silo => silo.Address, silo => silo.FreeBytes, StringComparer.Ordinal);
    private readonly HashSet<string> _heads = input.Silos.Where(silo => silo.IsConfigured).Select(silo => silo.Address).ToHashSet(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _replicasByZone = new(StringComparer.Ordinal);

    /// <summary>Silos in zones that the wish allows.</summary>
    public IEnumerable<SiloCapacity> Allowed =>
        _silos.Values.Where(silo => input.Wish.Zones.Length == 0 || input.Wish.Zones.Contains(silo.Zone, StringComparer.Ordinal));

    public long Free(SiloCapacity silo) => _free[silo.Address];

    /// <summary>Whether a replica's first stage may be there: a silo has one door to a model.</summary>
    public bool TakesHead(SiloCapacity silo) => !_heads.Contains(silo.Address);

    public int Replicas(string zone) => _replicasByZone.GetValueOrDefault(zone);

    /// <summary>The silo of a stage, if it is still there and may be used.</summary>
    public SiloCapacity? Find(PlannedStage stage) => Allowed.FirstOrDefault(silo => silo.Address == stage.Address);

    /// <summary>A silo that serves the model by its configuration is a replica in its zone.</summary>
    public void Count(SiloCapacity configured) => _replicasByZone[configured.Zone] = Replicas(configured.Zone) + 1;

    public void Take(SiloCapacity silo, PlannedStage stage)
    {
        _free[silo.Address] -= stage.Bytes;
        if (stage.Stage == 0)
        {
            _heads.Add(silo.Address);
            _replicasByZone[silo.Zone] = Replicas(silo.Zone) + 1;
        }
    }

    public void Return(SiloCapacity silo, PlannedStage stage)
    {
        _free[silo.Address] += stage.Bytes;
        if (stage.Stage == 0)
        {
            _heads.Remove(silo.Address);
            _replicasByZone[silo.Zone] = Replicas(silo.Zone) - 1;
        }
    }

    /// <summary>Bytes for people.</summary>
    public static string Text(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB");
}
