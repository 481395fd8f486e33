namespace Orleans.Runtime;

/// <summary>Looks at the cluster as a whole (key 0).</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    /// <summary>The silos with their status.</summary>
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    /// <summary>The silos' rows of the membership table.</summary>
    Task<MembershipEntry[]> GetDetailedHosts(bool onlyActive = false);

    /// <summary>How many activations of which class are on which of these silos.</summary>
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds);

    /// <summary>How many activations of which class are on which silo.</summary>
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    /// <summary>How many activations there are in all.</summary>
    Task<int> GetTotalActivationCount();

    /// <summary>Where a grain lives; null when it does not.</summary>
    ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference);

    /// <summary>Ends activations that have idled for so long on these silos.</summary>
    Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit);

    /// <summary>Ends activations that have idled for so long.</summary>
    Task ForceActivationCollection(TimeSpan ageLimit);
}
