namespace Granary.Engine.Scheduling;

/// <summary>What becomes of a request that arrives.</summary>
internal enum Entry
{
    /// <summary>There is room.</summary>
    Free,

    /// <summary>There is none, but its tenant has less than its share: it is let in, and one that waits is to leave for it.</summary>
    Displacing,

    /// <summary>There is none.</summary>
    Refused,
}

/// <summary>
/// Bounds the requests in flight before they reach the engine's thread, so that one tenant alone may fill all of it, and another gets in all the same: where it is full, a tenant is let in
/// that has less than its share, the bound divided by weight among those that have requests in flight.
/// </summary>
/// <remarks>
/// The engine's thread refuses one of those that wait for each that displaces, before its next step. Until then there may be more than <paramref name="limit"/>, never more than twice as many.
/// Requests that were here before do not ask for room, so they may pass both bounds.
/// </remarks>
/// <param name="limit">Requests in flight, those that run included.</param>
internal sealed class QueueBound(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int InFlight, double Weight)> _tenants = new(StringComparer.Ordinal);
    private int _inFlight;

    /// <summary>Requests that entered and have not left.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Counts a request in, unless it is refused.</summary>
    public Entry TryEnter(string tenant, double weight)
    {
        lock (_lock)
        {
            Entry entry = _inFlight < limit ? Entry.Free : IsBelowShare(tenant, weight) && _inFlight < 2 * limit ? Entry.Displacing : Entry.Refused;
            if (entry is not Entry.Refused)
            {
                Count(tenant, weight);
            }

            return entry;
        }
    }

    /// <summary>Counts a request in that was here before, however many there are.</summary>
    public void Return(string tenant, double weight)
    {
        lock (_lock)
        {
            Count(tenant, weight);
        }
    }

    /// <summary>Counts a request out.</summary>
    public void Leave(string tenant)
    {
        lock (_lock)
        {
            (int inFlight, double weight) = _tenants[tenant];
            if (inFlight == 1)
            {
                _tenants.Remove(tenant);
            }
            else
            {
                _tenants[tenant] = (inFlight - 1, weight);
            }

            _inFlight--;
        }
    }

    private void Count(string tenant, double weight)
    {
        _tenants[tenant] = (InFlightOf(tenant) + 1, weight);
        _inFlight++;
    }

    private bool IsBelowShare(string tenant, double weight)
    {
        double all = weight;
        foreach ((string name, (_, double others)) in _tenants)
        {
            all += name == tenant ? 0 : others;
        }

        return InFlightOf(tenant) + 1 <= limit * weight / all;
    }

    private int InFlightOf(string tenant) => _tenants.GetValueOrDefault(tenant).InFlight;
}
