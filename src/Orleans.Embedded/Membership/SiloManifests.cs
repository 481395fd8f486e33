using System.Collections.Concurrent;

namespace Orleans.Runtime.Membership;

/// <summary>What the other silos say of themselves, asked once when they appear. Placement considers only silos that have answered.</summary>
internal sealed class SiloManifests(SiloRuntime silo, SiloManifest local)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<SiloAddress, Task> _asked = [];
    private readonly ConcurrentDictionary<SiloAddress, (SiloManifest Manifest, HashSet<GrainType> Types)> _known = new();

    public SiloManifest Local { get; } = local;

    public SiloManifest? Of(SiloAddress address) => address.Equals(silo.Address) ? Local : _known.TryGetValue(address, out var known) ? known.Manifest : null;

    public IEnumerable<SiloAddress> SilosThatHost(GrainType type) => silo.Membership.Current.ActiveSilos.Where(address =>
        address.Equals(silo.Address) ? silo.Types.Find(type) is not null : _known.TryGetValue(address, out var known) && known.Types.Contains(type));

    /// <summary>Asks the silos of a view that have not been asked; completes when all have answered or are gone.</summary>
    public Task LearnAsync(ClusterView view)
    {
        foreach (var address in _known.Keys.Where(view.IsGone))
        {
            _known.TryRemove(address, out _);
        }

        return Task.WhenAll(view.ActiveSilos.Where(address => !address.Equals(silo.Address))
            .Select(Ask));
    }

    private Task Ask(SiloAddress address)
    {
        lock (_asked)
        {
            if (!_asked.TryGetValue(address, out var asked))
            {
                asked = _asked[address] = CleanContext.Run((this, address), static state => Task.Run(() => state.Item1.AskAsync(state.address)));
            }

            return asked;
        }
    }

    private async Task AskAsync(SiloAddress address)
    {
        while (!silo.Membership.Current.IsGone(address) && !silo.IsStopping)
        {
            try
            {
                var manifest = await silo.SystemTargets.Get<Management.ISiloControl>(address).GetManifestAsync().WaitAsync(TimeSpan.FromSeconds(5), silo.Time);
                _known[address] = (manifest, [.. manifest.GrainTypes.Select(GrainType.Create)]);
                return;
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                await Task.Delay(RetryDelay, silo.Time);
            }
        }
    }
}
