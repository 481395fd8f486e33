using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime.Management;
using Orleans.Runtime.Membership;

namespace Orleans.Runtime.Directory;

/// <summary>Finds, enters and removes grains: asks the silo that keeps the entry, again after every change of membership, and remembers answers.</summary>
internal sealed class GrainDirectory(SiloRuntime silo) : IDirectoryTarget
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<GrainId, SiloAddress> _cache = new();

    public DirectoryPartition Partition { get; } = new(silo.Address);

    public bool TryGetCached(GrainId grain, [NotNullWhen(true)] out SiloAddress? address)
    {
        if (_cache.TryGetValue(grain, out address))
        {
            if (!silo.Membership.Current.IsGone(address))
            {
                return true;
            }

            _cache.TryRemove(new(grain, address));
        }

        return false;
    }

    public void Cache(GrainId grain, SiloAddress address)
    {
        if (address.Equals(silo.Address))
        {
            return;
        }

        if (_cache.Count >= silo.DirectoryOptions.CacheSize)
        {
            _cache.Clear();
        }

        _cache[grain] = address;
    }

    public void Invalidate(GrainId grain, SiloAddress address) => _cache.TryRemove(new(grain, address));

    /// <summary>Where the grain is; null when it is nowhere.</summary>
    public async Task<SiloAddress?> LookupAsync(GrainId grain, CancellationToken token)
    {
        var found = await AskAsync(grain, static (target, view, grain) => target.LookupAsync(view, grain), grain, token);
        if (found is null || silo.Membership.Current.IsGone(found.Silo))
        {
            return null;
        }

        Cache(grain, found.Silo);
        return found.Silo;
    }

    /// <summary>Enters an activation; returns the one that holds, which may be another.</summary>
    public async Task<ActivationAddress> RegisterAsync(Activation activation, ActivationAddress? replaces, CancellationToken token)
    {
        while (true)
        {
            var owner = Partition.Ring.OwnerOf(activation.GrainId);
            var holder = await AskAsync(
                activation.GrainId,
                static (target, view, addresses) => target.RegisterAsync(view, addresses.Address, addresses.replaces),
                (activation.Address, replaces),
                token) ?? throw new SiloUnavailableException("The silo is stopping.");
            if (holder != activation.Address)
            {
                activation.IsRegistered = false;
                Cache(holder.Grain, holder.Silo);
                return holder;
            }

            // From here on recovery reports the activation. If the entry has moved meanwhile, its new owner may have asked before: tell it.
            activation.IsRegistered = true;
            if (Equals(owner, Partition.Ring.OwnerOf(activation.GrainId)))
            {
                return holder;
            }
        }
    }

    public Task UnregisterAsync(ActivationAddress address, CancellationToken token) =>
        AskAsync(address.Grain, static (target, view, address) => target.UnregisterAsync(view, address), address, token);

    /// <summary>Takes a new view of the membership and recovers the entries that became this silo's.</summary>
    public void OnViewChanged(ClusterView view)
    {
        var ring = new HashRing(view.Version, view.ActiveSilos);
        Partition.SetRing(ring, view.IsGone);
        _ = RecoverAsync(ring, view);
    }

    async Task<DirectoryAnswer> IDirectoryTarget.LookupAsync(int view, GrainId grain)
    {
        await silo.Membership.EnsureViewAsync(view);
        return await Partition.AskAsync(grain, 0, static (entries, grain, _) => entries.GetValueOrDefault(grain));
    }

    async Task<DirectoryAnswer> IDirectoryTarget.RegisterAsync(int view, ActivationAddress address, ActivationAddress? replaces)
    {
        await silo.Membership.EnsureViewAsync(view);
        return await Partition.AskAsync(address.Grain, (address, replaces, silo.Membership), static (entries, grain, state) =>
        {
            // A silo has one activation of a grain at most: where it enters one, it knows that an older one of its own, whose end was not heard of, is no more.
            if (entries.TryGetValue(grain, out var holder) && holder != state.replaces && !holder.Silo.Equals(state.address.Silo) && !state.Membership.Current.IsGone(holder.Silo))
            {
                return holder;
            }

            return entries[grain] = state.address;
        });
    }

    async Task<DirectoryAnswer> IDirectoryTarget.UnregisterAsync(int view, ActivationAddress address)
    {
        await silo.Membership.EnsureViewAsync(view);
        return await Partition.AskAsync(address.Grain, address, static (entries, grain, address) =>
        {
            if (entries.TryGetValue(grain, out var holder) && holder == address)
            {
                entries.Remove(grain);
            }

            return null;
        });
    }

    async Task<ActivationAddress[]> IDirectoryTarget.RecoverAsync(int view, SiloAddress owner)
    {
        await silo.Membership.EnsureViewAsync(view);
        return ActivationsOwnedBy(owner, Partition.Ring);
    }

    private ActivationAddress[] ActivationsOwnedBy(SiloAddress owner, HashRing ring) =>
    [
        .. silo.Catalog.Activations
            .Where(activation => activation.IsRegistered && activation.Info.UsesDirectory && owner.Equals(ring.OwnerOf(activation.GrainId)))
            .Select(activation => activation.Address),
    ];

    private async Task<ActivationAddress?> AskAsync<TArgument>(GrainId grain, Func<IDirectoryTarget, int, TArgument, Task<DirectoryAnswer>> ask, TArgument argument, CancellationToken token)
    {
        while (true)
        {
            token.ThrowIfCancellationRequested();
            var ring = Partition.Ring;
            var owner = ring.OwnerOf(grain);
            if (owner is null && silo.IsStopping)
            {
                return null;
            }

            if (owner is not null)
            {
                try
                {
                    var answer = await ask(silo.SystemTargets.Get<IDirectoryTarget>(owner), ring.View, argument).WaitAsync(token);
                    if (answer.IsOwner)
                    {
                        return answer.Address;
                    }

                    await silo.Membership.EnsureViewAsync(answer.View).WaitAsync(token);
                }
                catch (Exception exception) when (exception is OrleansException or TimeoutException)
                {
                    silo.Logs.DirectoryRetry(exception, grain, owner);
                }
            }

            if (ring == Partition.Ring)
            {
                await Task.Delay(RetryDelay, silo.Time, token);
            }
        }
    }

    private async Task RecoverAsync(HashRing ring, ClusterView view)
    {
        await Task.Yield();
        await Task.WhenAll(view.LiveSilos.Select(other => RecoverFromAsync(other, ring)));
        Partition.Recovered(ring);
    }

    private async Task RecoverFromAsync(SiloAddress other, HashRing ring)
    {
        while (Partition.Ring == ring && ring.Silos.Contains(silo.Address))
        {
            try
            {
                foreach (var address in await silo.SystemTargets.Get<IDirectoryTarget>(other).RecoverAsync(ring.View, silo.Address))
                {
                    await EnterAsync(address);
                }

                return;
            }
            catch (Exception exception)
            {
                // It answers, or it is declared dead and there is a new ring.
                silo.Logs.RecoveryRetry(exception, other);
                await Task.Delay(RetryDelay, silo.Time, CancellationToken.None);
            }
        }
    }

    // An activation that moves is told by two silos, and what a silo tells may be over when it arrives: so what is entered holds only where it still is.
    private async Task EnterAsync(ActivationAddress address)
    {
        ActivationAddress? gone = null;
        while (Partition.Recover(address, gone) is { } holder)
        {
            if (await silo.SystemTargets.Get<ISiloControl>(holder.Silo).HoldsAsync(holder))
            {
                _ = silo.SystemTargets.Get<ISiloControl>(address.Silo).DropDuplicateAsync(address);
                return;
            }

            gone = holder;
        }
    }
}
