namespace Granary.Clustering;

/// <summary>How many conversations are awake where.</summary>
internal static class SessionCounts
{
    /// <summary>On one silo.</summary>
    public static int Of(IEnumerable<SimpleGrainStatistic> statistics, SiloAddress silo) =>
        statistics.Where(statistic => statistic.SiloAddress.Equals(silo) && GrainNames.Short(statistic.GrainType) == "session").Sum(statistic => statistic.ActivationCount);
}
