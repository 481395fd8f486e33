using System.Collections.Frozen;

namespace Orleans.Runtime.Membership;

/// <summary>The members of the cluster at one version of the table.</summary>
internal sealed class ClusterView
{
    private readonly FrozenDictionary<SiloAddress, MembershipEntry> _members;

    public ClusterView(int version, IEnumerable<MembershipEntry> members)
    {
        Version = version;
        _members = members.ToFrozenDictionary(member => member.SiloAddress);
        ActiveSilos = [.. _members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()];
        LiveSilos = [.. _members.Values.Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping).Select(member => member.SiloAddress).Order()];
    }

    public static ClusterView Empty { get; } = new(-1, []);

    public int Version { get; }

    public IReadOnlyCollection<MembershipEntry> Members => _members.Values;

    /// <summary>Silos that take calls.</summary>
    public SiloAddress[] ActiveSilos { get; }

    /// <summary>Silos that may have activations.</summary>
    public SiloAddress[] LiveSilos { get; }

    public MembershipEntry? Find(SiloAddress silo) => _members.GetValueOrDefault(silo);

    public SiloStatus StatusOf(SiloAddress silo) => Find(silo)?.Status ?? SiloStatus.None;

    public bool IsActive(SiloAddress silo) => StatusOf(silo) == SiloStatus.Active;

    /// <summary>Whether the silo is dead, or an older life of a silo that has restarted. One that is not in the table yet is not gone.</summary>
    public bool IsGone(SiloAddress silo) =>
        Find(silo) is { } member
            ? member.Status == SiloStatus.Dead
            : _members.Values.Any(other => silo.IsPredecessorOf(other.SiloAddress));
}
