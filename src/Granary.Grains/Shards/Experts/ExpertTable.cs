using System.Collections.Immutable;
using Granary.Deployments;
using Granary.Engine.Experts;

namespace Granary.Shards;

/// <summary>The silos that hold experts of a model, with numbers that stay theirs whatever the placement. From any thread.</summary>
internal sealed class ExpertTable(SiloAddress here, Func<SiloAddress, IExpertGrain> grainOn, ExpertsOptions options, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ExpertPeer> _byAddress = new(StringComparer.Ordinal);
    private readonly List<ExpertPeer> _silos = [];

    public ExpertPeer this[int number]
    {
        get
        {
            lock (_lock)
            {
                return _silos[number];
            }
        }
    }

    /// <summary>A placement as the engine reads it; a new object at every call.</summary>
    public ExpertPlacement Place(ExpertHolder[] holders)
    {
        var destinations = new Dictionary<ExpertId, ImmutableArray<int>>();
        int? own = null;
        foreach (var holder in holders)
        {
            var silo = Find(holder.Address);
            own = silo.Address.Equals(here) ? silo.Number : own;
            foreach (var (layer, experts) in holder.Layers.Index())
            {
                foreach (var expert in experts)
                {
                    var id = new ExpertId(layer, expert);
                    destinations[id] = destinations.GetValueOrDefault(id, []).Add(silo.Number);
                }
            }
        }

        return new ExpertPlacement(destinations, own);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _silos.ForEach(silo => silo.Dispose());
        }
    }

    private ExpertPeer Find(string address)
    {
        lock (_lock)
        {
            if (!_byAddress.TryGetValue(address, out var silo))
            {
                var parsed = SiloAddress.FromParsableString(address);
                silo = new ExpertPeer(_silos.Count, parsed, grainOn(parsed), options.MaxCallsPerSilo, timeProvider);
                _byAddress[address] = silo;
                _silos.Add(silo);
            }

            return silo;
        }
    }
}
