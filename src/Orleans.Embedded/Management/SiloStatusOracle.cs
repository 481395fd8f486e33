namespace Orleans.Runtime;

internal sealed class SiloStatusOracle(SiloRuntime silo) : ISiloStatusOracle
{
    public SiloStatus CurrentStatus => silo.Membership.Status;

    public string SiloName => silo.Name;

    public SiloAddress SiloAddress => silo.Address;

    public SiloAddress[] GetActiveSilos() => [.. silo.Membership.Current.ActiveSilos];

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => silo.Membership.Current.StatusOf(siloAddress);

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => silo.Membership.Current.Members
        .Where(member => !onlyActive || member.Status == SiloStatus.Active)
        .ToDictionary(member => member.SiloAddress, member => member.Status);

    public bool TryGetSiloName(SiloAddress siloAddress, out string? siloName)
    {
        siloName = silo.Membership.Current.Find(siloAddress)?.SiloName;
        return siloName is not null;
    }

    public bool IsDeadSilo(SiloAddress other) => silo.Membership.Current.IsGone(other);
}
