namespace Orleans.Runtime.Directory;

/// <summary>Which silo keeps the entry of which grain: every silo has points on a ring of hashes and owns the stretch that ends at each.</summary>
internal sealed class HashRing
{
    private const uint PointsPerSilo = 64;

    private readonly uint[] _hashes;
    private readonly SiloAddress[] _owners;

    public HashRing(int view, IReadOnlyCollection<SiloAddress> silos)
    {
        View = view;
        Silos = silos;
        var points = new SortedDictionary<uint, SiloAddress>();
        foreach (var silo in silos.Order())
        {
            var hash = (uint)silo.GetConsistentHashCode();
            for (var point = 0u; point < PointsPerSilo; point++)
            {
                hash = StableHash.Combine(hash, point);
                points.TryAdd(hash, silo);
            }
        }

        _hashes = [.. points.Keys];
        _owners = [.. points.Values];
    }

    /// <summary>The version of the membership table that the ring was made of.</summary>
    public int View { get; }

    public IReadOnlyCollection<SiloAddress> Silos { get; }

    /// <summary>The silo that keeps the grain's entry; null when there is no silo.</summary>
    public SiloAddress? OwnerOf(GrainId grain) => OwnerOf(grain.GetUniformHashCode());

    public SiloAddress? OwnerOf(uint hash)
    {
        if (_hashes.Length == 0)
        {
            return null;
        }

        var index = Array.BinarySearch(_hashes, hash);
        index = index < 0 ? ~index : index;
        return _owners[index == _hashes.Length ? 0 : index];
    }
}
