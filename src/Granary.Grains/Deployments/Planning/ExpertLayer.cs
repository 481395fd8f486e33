namespace Granary.Deployments.Planning;

/// <summary>The experts of one layer while they are placed. Experts and silos are numbers here.</summary>
internal sealed class ExpertLayer
{
    // A part of the mean that every expert weighs besides its load: idle experts are spread over the silos, too, and may be busy tomorrow.
    private const double IdleWeight = 0.01;

    // Of a silo's share: what is not further apart is about equal, and the silo that has the expert already gets the copy.
    private const double AboutEqual = 0.05;

    // By so much more than another must an expert weigh to take its further copy away.
    private const double Loyalty = 1.1;

    private readonly ExpertBoard _board;
    private readonly double[] _loads;
    private readonly double[] _weights;
    private readonly double[] _work;
    private readonly List<int>[] _held;

    public ExpertLayer(ExpertBoard board, int index, long bytes, ExpertDemand demand)
    {
        (_board, Index, Bytes) = (board, index, bytes);
        _loads = Loads(demand.Loads.ElementAtOrDefault(index), board.Experts);
        var idle = _loads.Average() * IdleWeight;
        _weights = [.. _loads.Select(load => load + idle)];
        MeanTime = _weights.Sum() / board.Silos.Sum(silo => silo.Speed);
        _work = new double[board.Silos.Length];
        _held = [.. board.Silos.Select(_ => new List<int>())];
        Before = [.. Enumerable.Range(0, board.Experts).Select(_ => new List<int>())];
        Holders = [.. Enumerable.Range(0, board.Experts).Select(_ => new List<int>())];
        Wanted = new int[board.Experts];
        ByWeight = [];
        foreach (var (silo, held) in board.Silos.Index())
        {
            foreach (var expert in demand.Current.GetValueOrDefault(held.Address)?.ElementAtOrDefault(index) ?? [])
            {
                Before[expert].Add(silo);
            }
        }
    }

    /// <summary>Its number in the model.</summary>
    public int Index { get; }

    /// <summary>Of one expert.</summary>
    public long Bytes { get; }

    public int Experts => _weights.Length;

    public int Silos => _work.Length;

    /// <summary>By expert: the silos that have it now.</summary>
    public List<int>[] Before { get; }

    /// <summary>By expert: the silos that are to have it.</summary>
    public List<int>[] Holders { get; }

    /// <summary>By expert: how many copies there are to be.</summary>
    public int[] Wanted { get; private set; }

    /// <summary>Experts, that with the heaviest copies first.</summary>
    public int[] ByWeight { get; private set; }

    /// <summary>What a silo has on average, for its speed.</summary>
    public double MeanTime { get; }

    /// <summary>What one copy of an expert brings to its silo.</summary>
    public double Weight(int expert) => _weights[expert] / Wanted[expert];

    /// <summary>What a silo has, for its speed; with <paramref name="more"/> besides.</summary>
    public double Time(int silo, double more = 0) => (_work[silo] + more) / _board.Silos[silo].Speed;

    public bool HasRoom(int silo) => _board.Free[silo] >= Bytes;

    /// <summary>The experts that a silo is to have, in no order.</summary>
    public IReadOnlyList<int> HeldBy(int silo) => _held[silo];

    /// <summary>Says how many copies each expert is to have: further ones go, one by one, to the expert with the most load a copy.</summary>
    /// <param name="copies">By expert: what it is to have in any case; raised to <paramref name="least"/>.</param>
    /// <param name="least">Least copies of an expert.</param>
    /// <param name="further">Copies in the layer besides the least.</param>
    public void Want(int[] copies, int least, int further)
    {
        Wanted = [.. copies.Select(count => Math.Max(count, least))];
        var hottest = new PriorityQueue<int, (double, int)>();
        void Enter(int expert)
        {
            if (Wanted[expert] < Silos)
            {
                hottest.Enqueue(expert, (-Weight(expert) * (Before[expert].Count > Wanted[expert] ? Loyalty : 1), expert));
            }
        }

        for (var expert = 0; expert < Experts; expert++)
        {
            Enter(expert);
        }

        for (var rest = (Experts * least) + further - Wanted.Sum(); rest > 0 && hottest.TryDequeue(out var expert, out _); rest--)
        {
            Wanted[expert]++;
            Enter(expert);
        }

        ByWeight = [.. Enumerable.Range(0, Experts).OrderByDescending(Weight)];
    }

    public void KeepAll()
    {
        for (var expert = 0; expert < Experts; expert++)
        {
            Before[expert].ForEach(silo => Put(expert, silo));
        }
    }

    /// <summary>Keeps copies where they are, no more than wanted and not so many in one zone that others miss theirs.</summary>
    public void KeepWanted()
    {
        foreach (var expert in ByWeight)
        {
            var sameZone = Wanted[expert] - _board.WishedZones;
            var rest = new List<int>(Before[expert]);
            while (Holders[expert].Count < Wanted[expert] && rest.Count > 0)
            {
                var silo = rest.OrderBy(silo => IsInZoneOf(expert, silo)).ThenBy(silo => Time(silo)).First();
                rest.Remove(silo);
                if (HasRoom(silo) && (!IsInZoneOf(expert, silo) || sameZone-- > 0))
                {
                    Put(expert, silo);
                }
            }
        }
    }

    /// <summary>Puts a copy where it costs least.</summary>
    /// <returns>Whether any silo has room and not that expert yet.</returns>
    public bool TryPlace(int expert)
    {
        var mayShareZone = ZonesOf(Holders[expert]) >= _board.WishedZones;
        (bool SharesZone, double Time, long Taken) least = (true, double.PositiveInfinity, 0);
        int? found = null;
        for (var silo = 0; silo < Silos; silo++)
        {
            if (HasRoom(silo) && !Holders[expert].Contains(silo))
            {
                var time = Time(silo, Weight(expert)) - (Before[expert].Contains(silo) ? MeanTime * AboutEqual : 0);
                var cost = (!mayShareZone && IsInZoneOf(expert, silo), time, -_board.Free[silo]);
                (least, found) = cost.CompareTo(least) < 0 ? (cost, silo) : (least, found);
            }
        }

        if (found is { } cheapest)
        {
            Put(expert, cheapest);
        }

        return found is not null;
    }

    /// <summary>Where all silos with room have the expert already, one of them takes another expert from a silo that has not.</summary>
    public bool TryPlaceByExchange(int expert)
    {
        var exchanges = from giver in Enumerable.Range(0, Silos)
                        where !Holders[expert].Contains(giver)
                        from taker in Holders[expert].Where(HasRoom)
                        from other in HeldBy(giver)
                        where !Holders[other].Contains(taker)
                        orderby Math.Max(Time(giver, Weight(expert) - Weight(other)), Time(taker, Weight(other)))
                        select (giver, taker, other);
        foreach (var (giver, taker, other) in exchanges.Take(1))
        {
            Move(other, giver, taker);
            Put(expert, giver);
            return true;
        }

        return false;
    }

    public void Put(int expert, int silo)
    {
        Holders[expert].Add(silo);
        _held[silo].Add(expert);
        _work[silo] += Weight(expert);
        _board.Free[silo] -= Bytes;
    }

    public void Move(int expert, int from, int to)
    {
        Holders[expert].Remove(from);
        _held[from].Remove(expert);
        _work[from] -= Weight(expert);
        _board.Free[from] += Bytes;
        Put(expert, to);
    }

    /// <summary>Whether an expert would still be in as many zones as it is to be, or in as many as it is.</summary>
    public bool MayMove(int expert, int from, int to) =>
        _board.Silos[from].Zone == _board.Silos[to].Zone
        || ZonesOf([.. Holders[expert].Where(silo => silo != from), to]) >= Math.Min(ZonesOf(Holders[expert]), _board.WishedZones);

    /// <summary>The largest load of a silo by its share.</summary>
    public double Skew()
    {
        var loads = new double[Silos];
        foreach (var (expert, holders) in Holders.Index())
        {
            holders.ForEach(silo => loads[silo] += _loads[expert] / holders.Count);
        }

        var share = loads.Sum() / _board.Silos.Sum(silo => silo.Speed);
        return share == 0 ? 1 : loads.Index().Max(silo => silo.Item / _board.Silos[silo.Index].Speed) / share;
    }

    private static double[] Loads(double[]? loads, int experts)
    {
        var usable = loads?.Select(load => double.IsFinite(load) ? Math.Max(0, load) : 0).ToArray() ?? [];
        return usable.Length == experts && usable.Any(load => load > 0) ? usable : [.. Enumerable.Repeat(1.0, experts)];
    }

    private bool IsInZoneOf(int expert, int silo) => Holders[expert].Exists(other => _board.Silos[other].Zone == _board.Silos[silo].Zone);

    private int ZonesOf(IEnumerable<int> silos) => silos.Select(silo => _board.Silos[silo].Zone).Distinct(StringComparer.Ordinal).Count();
}
