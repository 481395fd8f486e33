using Granary.Cluster;

namespace Granary.Clustering;

/// <summary>Names of grains as people know them.</summary>
internal static class GrainNames
{
    /// <summary>A class's name as statistics have it, for example <c>Granary.Sessions.SessionGrain,Granary.Grains</c>, as <c>session</c>.</summary>
    public static string Short(string grainType)
    {
        var name = grainType.Split(',')[0];
        name = name[(name.LastIndexOf('.') + 1)..];
        return (name.EndsWith("Grain", StringComparison.Ordinal) ? name[..^"Grain".Length] : name).ToLowerInvariant();
    }

    /// <summary>Activations of Granary's own grains by short name, most first; the statistics name classes.</summary>
    public static List<GrainCount> Count(SimpleGrainStatistic[] statistics) =>
        [.. statistics
            .Where(statistic => statistic.GrainType.StartsWith("Granary.", StringComparison.Ordinal))
            .GroupBy(statistic => Short(statistic.GrainType), StringComparer.Ordinal)
            .Select(group => new GrainCount(group.Key, group.Sum(statistic => statistic.ActivationCount)))
            .OrderByDescending(count => count.Activations).ThenBy(count => count.Type, StringComparer.Ordinal)];
}
