using Granary.Engine.Execution;
using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>
/// The slots of sequences that have left: kept for the next turn until somebody needs the slot or they were idle for long
/// enough, then sent down to host memory. Least recently used first.
/// </summary>
internal sealed class KeptSlots(IModelRunner runner, SlotTable slots, BlockStore store, MoveBudget budget, TimeSpan retainFor, TimeProvider timeProvider)
{
    private readonly List<KeptKv> _kept = []; // in the order in which they came

    /// <summary>How many slots are kept.</summary>
    public int Count => _kept.Count;

    public KeptKv this[int index] => _kept[index];

    /// <summary>Keeps the keys and values of a running sequence that leaves; its slot is then held by what keeps them.</summary>
    /// <param name="sequence">Who leaves.</param>
    /// <param name="isWanted">Whether somebody waits for a slot.</param>
    /// <returns>What keeps them, or <see langword="null"/> when the slot is still the sequence's: whole blocks have gone down then, as far as there is room below.</returns>
    public KeptKv? Keep(Sequence sequence, bool isWanted) =>
        Keep(sequence, isWantedNow: isWanted && !slots.RangeOf(sequence).HasFree, isPromised: false);

    /// <summary>Sends the keys and values of a sequence down that loses its slot to somebody, and is to find them again.</summary>
    /// <returns>As for <see cref="Keep(Sequence, bool)"/>; what keeps them is nobody's to go on in.</returns>
    public KeptKv? SendDown(Sequence sequence) => Keep(sequence, isWantedNow: true, isPromised: true);

    /// <summary>Forgets a kept slot without freeing it.</summary>
    public void Remove(KeptKv kept) => _kept.Remove(kept);

    /// <summary>Frees a kept slot.</summary>
    public void Release(KeptKv kept)
    {
        slots.Release(kept);
        _kept.Remove(kept);
    }

    /// <summary>Frees the slot of some classes that was kept longest.</summary>
    /// <returns><see langword="null"/> when none is kept; <see langword="false"/> when its keys and values need another step to go down.</returns>
    public bool? TryFree(int firstClass, int endClass)
    {
        if (Oldest(firstClass, endClass) is not { } kept)
        {
            return null;
        }

        if (Spill(kept, kept.Slot!.Value) is SpillProgress.NextStep)
        {
            return false;
        }

        Release(kept);
        return true;
    }

    /// <summary>Sends down what was kept for long enough.</summary>
    /// <returns>How long nothing is to be done, if nothing else happens.</returns>
    public TimeSpan SpillIdle()
    {
        for (int index = 0; index < _kept.Count;)
        {
            KeptKv kept = _kept[index];
            TimeSpan left = retainFor - timeProvider.GetElapsedTime(kept.Since);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            if (kept.IsPinned)
            {
                index++;
                continue;
            }

            switch (Spill(kept, kept.Slot!.Value))
            {
                case SpillProgress.NextStep:
                    return TimeSpan.Zero;
                case SpillProgress.Blocked:
                    return Timeout.InfiniteTimeSpan; // the disk wakes the engine
                default:
                    Release(kept);
                    break;
            }
        }

        return Timeout.InfiniteTimeSpan;
    }

    /// <summary>Sends everything down to disk, at the engine's end.</summary>
    public void SpillAll()
    {
        foreach (KeptKv kept in _kept)
        {
            SpillProgress progress;
            do
            {
                budget.Begin();
                progress = Spill(kept, kept.Slot!.Value);
            }
            while (progress is SpillProgress.NextStep || (progress is SpillProgress.Blocked && store.WaitForDisk()));
        }
    }

    private KeptKv? Keep(Sequence sequence, bool isWantedNow, bool isPromised)
    {
        if (sequence.Chain is null || sequence.ComputedTokens < store.Format.BlockTokens)
        {
            return null;
        }

        var kept = new KeptKv(sequence.ComputedMemory, sequence.Chain, timeProvider.GetTimestamp()) { IsPromised = isPromised };
        if (isWantedNow && Spill(kept, sequence.Slot!.Value) is not SpillProgress.NextStep)
        {
            return null; // what takes more than this step is kept until it is down
        }

        slots.RangeOf(sequence).Keep(sequence, kept);
        _kept.Add(kept);
        return kept;
    }

    private SpillProgress Spill(KeptKv kept, int slot)
    {
        ReadOnlySpan<BlockHash> hashes = kept.Chain.Of(kept.Tokens);
        hashes = hashes[..Math.Min(hashes.Length, store.MaxBlocks)];
        for (; kept.StoredBlocks < hashes.Length; kept.StoredBlocks++)
        {
            BlockHash hash = hashes[kept.StoredBlocks];
            if (store.Has(hash))
            {
                continue;
            }

            if (budget.IsSpent)
            {
                return SpillProgress.NextStep;
            }

            if (!store.TryReserve(hash, out int place))
            {
                return SpillProgress.Blocked;
            }

            try
            {
                runner.ReadKv(slot, kept.StoredBlocks * store.Format.BlockTokens, store.Data(place));
            }
            catch
            {
                store.Discard(place);
                throw;
            }

            store.Commit(hash, place);
            budget.Take(store.Format.BlockBytes);
        }

        store.Touch(hashes);
        return SpillProgress.Done;
    }

    private KeptKv? Oldest(int firstClass, int endClass)
    {
        foreach (KeptKv kept in _kept)
        {
            int index = slots.ClassOf(kept);
            if (!kept.IsPinned && index >= firstClass && index < endClass)
            {
                return kept;
            }
        }

        return null;
    }
}
