using Granary.Deployments;
using Granary.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments.Planning;

/// <summary>Models and silos for tests of the balancer: experts of 1 MiB.</summary>
internal static class Experts
{
    public static ModelSizes Model(int layers, int experts, params int[] without) => new()
    {
        EndsBytes = 0,
        LayerBytes = new long[layers],
        ExpertBytes = [.. Enumerable.Range(0, layers).Select(layer => without.Contains(layer) ? 0 : Plans.Mebibyte)],
        Experts = experts,
        KvBytesPerLayer = 0,
        MaxPositions = 100,
    };

    public static ExpertSilo Silo(string name, long mebibytes, string zone = "z", double speed = 1) => new("@" + name, name, zone, mebibytes * Plans.Mebibyte, speed);

    public static ExpertSilo[] Silos(int count, long mebibytes, int zones = 1) =>
        [.. Enumerable.Range(0, count).Select(i => Silo($"s{i:00}", mebibytes, $"az-{i % zones}"))];

    /// <summary>Loads that fall with the rank to the power of <paramref name="exponent"/>, another order in each layer.</summary>
    public static double[][] Zipf(int layers, int experts, double exponent, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, layers).Select(_ =>
        {
            var loads = Enumerable.Range(1, experts).Select(rank => 1e6 / Math.Pow(rank, exponent)).ToArray();
            random.Shuffle(loads);
            return loads;
        })];
    }

    public static ExpertDemand Demand(ModelSizes model, ExpertSilo[] silos, int copies = 1, int redundant = 0, double[][]? loads = null, ExpertLayout? current = null) =>
        new(model, silos, copies, redundant, loads ?? [], current?.Silos.Where(held => silos.Any(silo => silo.Address == held.Key)).ToDictionary(StringComparer.Ordinal) ?? []);

    /// <summary>Experts dealt out one by one, as the seeds do without a balancer.</summary>
    public static ExpertLayout RoundRobin(ModelSizes model, ExpertSilo[] silos) => new(
        silos.Index().ToDictionary(silo => silo.Item.Address, silo => model.ExpertBytes.Select(_ => Enumerable.Range(0, model.Experts).Where(expert => expert % silos.Length == silo.Index).ToArray()).ToArray()), 0, null);

    /// <summary>The silos, by name, that hold an expert.</summary>
    public static string[] Of(ExpertLayout layout, int layer, int expert) =>
        [.. layout.Silos.Where(silo => silo.Value[layer].Contains(expert)).Select(silo => silo.Key[1..]).Order(StringComparer.Ordinal)];

    /// <summary>Copies in the second layout that are not in the first.</summary>
    public static int Moved(ExpertLayout before, ExpertLayout after) =>
        after.Silos.Sum(silo => silo.Value.Index().Sum(layer => layer.Item.Except(before.Silos.TryGetValue(silo.Key, out var held) ? held[layer.Index] : []).Count()));

    public static int Count(ExpertLayout layout) => layout.Silos.Values.Sum(layers => layers.Sum(experts => experts.Length));
}
