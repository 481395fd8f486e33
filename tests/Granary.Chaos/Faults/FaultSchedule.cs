using Granary.Chaos.Silos;

namespace Granary.Chaos.Faults;

/// <summary>A schedule of faults that depends on nothing but its arguments. At any moment at least one silo is left alone, and no store has two faults at once.</summary>
internal static class FaultSchedule
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(8); // a killed silo loads its model

    // How often each kind is drawn.
    private static readonly (FaultKind Kind, int Weight)[] Weights =
    [
        (FaultKind.KillSilo, 24), (FaultKind.KillZone, 8), (FaultKind.PauseSilo, 14), (FaultKind.KillRedis, 9), (FaultKind.RefuseWrites, 9), (FaultKind.KillPostgres, 8),
        (FaultKind.CutSilos, 8), (FaultKind.SlowSilos, 5), (FaultKind.CutStore, 7), (FaultKind.FillDisk, 3), (FaultKind.VanishClients, 5),
    ];

    /// <summary>Draws a schedule.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="length">Faults begin before this; they may last longer.</param>
    /// <param name="interval">One fault begins in each interval.</param>
    /// <param name="silos">The silos.</param>
    /// <param name="kinds">The kinds to draw from.</param>
    public static IReadOnlyList<Fault> Draw(int seed, TimeSpan length, TimeSpan interval, IReadOnlyList<SiloSpec> silos, IReadOnlyCollection<FaultKind> kinds)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        for (var at = interval / 2; at < length; at += interval)
        {
            var begin = at + (interval * (random.NextDouble() - 0.5) * 0.5);
            for (var attempt = 0; attempt < 50; attempt++)
            {
                var fault = DrawOne(random, begin, silos, kinds);
                if (fault is not null && Fits(fault, faults, silos))
                {
                    faults.Add(fault);
                    break;
                }
            }
        }

        return faults;
    }

    private static Fault? DrawOne(Random random, TimeSpan at, IReadOnlyList<SiloSpec> silos, IReadOnlyCollection<FaultKind> kinds)
    {
        var kind = DrawKind(random, kinds);
        var silo = silos[random.Next(silos.Count)];
        var (shortest, longest, targets) = kind switch
        {
            FaultKind.KillSilo => Between(0, 5, silo.Name),
            FaultKind.KillZone => Between(2, 10, [.. silos.Where(other => other.Zone == silo.Zone).Select(other => other.Name)]),
            FaultKind.PauseSilo => Between(1, random.Next(5) == 0 ? 60 : 12, silo.Name),
            FaultKind.KillRedis or FaultKind.KillPostgres => Between(0.5, 8),
            FaultKind.RefuseWrites => Between(1, 12),
            FaultKind.CutSilos or FaultKind.SlowSilos => Between(2, 15, Pair(random, silos)),
            FaultKind.CutStore => Between(1, 12, silo.Name),
            FaultKind.FillDisk => Between(5, 20),
            _ => Between(0, 0),
        };
        var lasts = shortest + (random.NextDouble() * (longest - shortest));
        return new Fault(at, kind, targets, TimeSpan.FromSeconds(lasts));
    }

    private static (double Shortest, double Longest, string[] Targets) Between(double shortest, double longest, params string[] targets) => (shortest, longest, targets);

    private static FaultKind DrawKind(Random random, IReadOnlyCollection<FaultKind> kinds)
    {
        var possible = Weights.Where(weight => kinds.Contains(weight.Kind)).ToList();
        var drawn = random.Next(possible.Sum(weight => weight.Weight));
        foreach (var (kind, weight) in possible)
        {
            drawn -= weight;
            if (drawn < 0)
            {
                return kind;
            }
        }

        return possible[^1].Kind;
    }

    private static string[] Pair(Random random, IReadOnlyList<SiloSpec> silos)
    {
        var first = random.Next(silos.Count);
        var second = (first + random.Next(1, silos.Count)) % silos.Count;
        return [silos[first].Name, silos[second].Name];
    }

    private static bool Fits(Fault fault, List<Fault> earlier, IReadOnlyList<SiloSpec> silos)
    {
        var open = earlier.Where(other => End(other) > fault.At).ToList();
        var touched = open.Where(TakesSilos).SelectMany(other => other.Targets).ToHashSet(StringComparer.Ordinal);
        if (TakesSilos(fault) && (fault.Targets.Any(touched.Contains) || touched.Union(fault.Targets).Count() >= silos.Count))
        {
            return false;
        }

        return Store(fault) is not { } store || open.All(other => Store(other) != store);
    }

    private static TimeSpan End(Fault fault) => fault.At + fault.Lasts + (TakesSilos(fault) ? Recovery : TimeSpan.FromSeconds(2));

    // A silo that is cut off from another one, or from the store, may leave the cluster like one that is killed.
    private static bool TakesSilos(Fault fault) =>
        fault.Kind is FaultKind.KillSilo or FaultKind.KillZone or FaultKind.PauseSilo or FaultKind.CutSilos or FaultKind.CutStore;

    private static string? Store(Fault fault) => fault.Kind switch
    {
        FaultKind.KillRedis or FaultKind.RefuseWrites => "redis",
        FaultKind.KillPostgres => "postgresql",
        FaultKind.FillDisk => "disk",
        FaultKind.SlowSilos or FaultKind.CutSilos => "network",
        _ => null,
    };
}
