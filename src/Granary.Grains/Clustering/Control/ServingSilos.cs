using Granary.Cluster;

namespace Granary.Clustering;

/// <summary>Which silos take work: this silo's copy of what <see cref="ClusterControlGrain"/> says, at most a second old.</summary>
internal sealed class ServingSilos(ISiloMembers members, LocalSilo silo, LocalDrain drain)
{
    private volatile Snapshot _snapshot = new(new ClusterControl { Version = -1 });

    /// <summary>What holds; version −1 until it was read once.</summary>
    public ClusterControl Control => _snapshot.Control;

    /// <summary>Whether it was read once.</summary>
    public bool IsKnown => Control.Version >= 0;

    /// <summary>Whether this silo was asked to end.</summary>
    public bool IsLeaving => _snapshot.Draining.Contains(silo.Address);

    /// <summary>Whether this silo's zone is evacuated.</summary>
    public bool IsEvacuated => _snapshot.Zones.Contains(silo.Zone);

    /// <summary>Silos that take work.</summary>
    public IReadOnlyList<SiloMember> All => [.. members.Active.Where(member => IsServing(member.Address))];

    /// <summary>Whether what runs here has a place to go to.</summary>
    public bool OthersServe => members.Active.Any(member => !member.Address.Equals(silo.Address) && IsServing(member.Address));

    /// <summary>Whether a silo takes work: it is neither being drained nor in an evacuated zone.</summary>
    public bool IsServing(SiloAddress address)
    {
        var snapshot = _snapshot;
        return !snapshot.Draining.Contains(address)
            && !(drain.IsDraining && address.Equals(silo.Address))
            && !(snapshot.Zones.Count > 0 && snapshot.Zones.Contains(members.Zone(address)));
    }

    /// <summary>Takes an answer of the control grain. Its version can have fallen: a store in memory forgets with its silo.</summary>
    public void Update(ClusterControl control)
    {
        if (control.Version != Control.Version)
        {
            _snapshot = new Snapshot(control);
        }
    }

    private sealed record Snapshot(ClusterControl Control)
    {
        public HashSet<SiloAddress> Draining { get; } = [.. Control.DrainingSilos.Select(SiloAddress.FromParsableString)];

        public HashSet<string> Zones { get; } = new(Control.EvacuatedZones, StringComparer.Ordinal);
    }
}
