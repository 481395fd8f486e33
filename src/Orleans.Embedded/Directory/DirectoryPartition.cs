namespace Orleans.Runtime.Directory;

/// <summary>
/// The entries that this silo keeps, and when they may be asked for. After a change of membership a silo owns stretches of the ring that others had before; it answers for
/// them only when every surviving silo has told it its activations there (recovery), so that warm grains are found again instead of being made twice.
/// </summary>
/// <param name="local">This silo.</param>
internal sealed class DirectoryPartition(SiloAddress local)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, ActivationAddress> _entries = [];

    // The last ring under which all of this silo's entries were known, and every ring since. An entry is known when it was this silo's in all of them.
    private List<HashRing> _rings = [new(-1, [])];
    private TaskCompletionSource _recovered = NewSource();

    public HashRing Ring
    {
        get
        {
            lock (_lock)
            {
                return _rings[^1];
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Takes a new ring: forgets entries that are others' now or whose silo is gone.</summary>
    public void SetRing(HashRing ring, Func<SiloAddress, bool> isGone)
    {
        lock (_lock)
        {
            _rings.Add(ring);
            foreach (var (grain, address) in _entries)
            {
                if (isGone(address.Silo) || !local.Equals(ring.OwnerOf(grain)))
                {
                    _entries.Remove(grain);
                }
            }
        }
    }

    /// <summary>Everyone has told its activations under the ring; waiting questions go on. Does nothing when there is a newer ring.</summary>
    public void Recovered(HashRing ring)
    {
        TaskCompletionSource done;
        lock (_lock)
        {
            if (_rings[^1] != ring)
            {
                return;
            }

            _rings = [ring];
            done = _recovered;
            _recovered = NewSource();
        }

        done.TrySetResult();
    }

    /// <summary>Enters what a survivor told, over <paramref name="replaces"/> if that is entered; answers with the activation that holds instead, if there is one.</summary>
    public ActivationAddress? Recover(ActivationAddress address, ActivationAddress? replaces)
    {
        lock (_lock)
        {
            if (!local.Equals(_rings[^1].OwnerOf(address.Grain)))
            {
                return null;
            }

            if (_entries.TryGetValue(address.Grain, out var holder) && holder != address && holder != replaces)
            {
                return holder;
            }

            _entries[address.Grain] = address;
            return null;
        }
    }

    /// <summary>
    /// Reads or changes the entry of a grain as soon as this silo knows it. The answer says when the grain is not this silo's.
    /// </summary>
    public async Task<DirectoryAnswer> AskAsync<TArgument>(GrainId grain, TArgument argument, Func<Dictionary<GrainId, ActivationAddress>, GrainId, TArgument, ActivationAddress?> action)
    {
        while (true)
        {
            Task recovered;
            lock (_lock)
            {
                var ring = _rings[^1];
                if (!local.Equals(ring.OwnerOf(grain)))
                {
                    return new(false, ring.View, null);
                }

                if (_rings.TrueForAll(known => local.Equals(known.OwnerOf(grain))))
                {
                    return new(true, ring.View, action(_entries, grain, argument));
                }

                recovered = _recovered.Task;
            }

            // A newer ring may come before this one is recovered; then the question is looked at anew when that one is.
            await recovered;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
