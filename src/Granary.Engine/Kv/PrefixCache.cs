using Granary.Engine.Execution;
using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>
/// Finds keys and values of a prompt's beginning where they have been computed before: in a slot, in host memory, on disk.
/// Engine's thread only.
/// </summary>
/// <remarks>In a slot any number of tokens can be reused; below, whole blocks are. Nothing shorter than a block is looked for.</remarks>
internal sealed class PrefixCache(IModelRunner runner, SlotTable slots, KeptSlots kept, BlockStore store, MoveBudget budget)
{
    private int BlockTokens => store.Format.BlockTokens;

    /// <summary>What the device holds of a sequence's beginning.</summary>
    /// <returns>The holder of the longest common prefix and the prefix's tokens, which leave one at least to compute; 0 tokens where nothing is worth it.</returns>
    public (ISlotHolder? Holder, int Tokens) FindOnDevice(Sequence sequence)
    {
        (ISlotHolder? Holder, int Tokens) best = (null, BlockTokens - 1);
        for (int index = 0; index < kept.Count; index++)
        {
            best = Longer(best, kept[index], kept[index].Chain, kept[index].Tokens, sequence);
        }

        foreach (SlotRange range in slots.Classes)
        {
            for (int index = 0; index < range.Slots; index++)
            {
                if (range[index] is Sequence { Chain: { } chain } running && running != sequence)
                {
                    best = Longer(best, running, chain, running.Tokens[..running.ComputedTokens], sequence);
                }
            }
        }

        return best.Holder is null ? default : best;
    }

    /// <summary>Whether a sequence that waits a step can share at least a block more with those whose prompts this step computes.</summary>
    public bool GainsByWaiting(Sequence sequence, List<PrefillChunk> planned)
    {
        if (!sequence.CanReuse || planned.Count == 0)
        {
            return false;
        }

        int soon = 0;
        foreach (PrefillChunk chunk in planned)
        {
            Sequence other = chunk.Sequence;
            if (other.Chain?.Root == sequence.Chain.Root)
            {
                soon = Math.Max(soon, Common(other.Tokens[..(other.ComputedTokens + chunk.Tokens)], sequence));
            }
        }

        return soon >= BlockTokens && soon >= Available(sequence) + BlockTokens;
    }

    /// <summary>Sees to it that the blocks which a sequence can use are in host memory and stay there until it starts.</summary>
    /// <returns>Whether some are on disk: the sequence is to wait until <see cref="BlockStore.Receive"/> gives it.</returns>
    public bool TryLoad(Sequence sequence)
    {
        if (!sequence.CanReuse)
        {
            return false;
        }

        ReadOnlySpan<BlockHash> usable = Usable(sequence);
        int onDevice = Math.Min(FindOnDevice(sequence).Tokens / BlockTokens, usable.Length);
        ReadOnlySpan<BlockHash> wanted = usable[onDevice..];
        wanted = wanted[..store.CountAll(wanted)];
        store.Touch(wanted); // what goes down to make a slot free must not push them out
        if (sequence.KvLoads > sequence.Losses || !store.TryLoad(wanted, sequence))
        {
            return false;
        }

        sequence.KvLoads++;
        return true;
    }

    /// <summary>Lets a sequence go on in a slot that keeps nothing else than its beginning, but for less than a block.</summary>
    /// <param name="sequence">Who looks for a slot.</param>
    /// <param name="leastSlotTokens">Tokens that the slot must hold.</param>
    public bool TryAdopt(Sequence sequence, int leastSlotTokens)
    {
        if (!sequence.CanReuse
            || FindOnDevice(sequence) is not { Holder: KeptKv { IsPinned: false, IsPromised: false } own, Tokens: var tokens }
            || own.ComputedTokens - tokens >= BlockTokens
            || slots.RangeOf(own).SlotTokens < leastSlotTokens)
        {
            return false;
        }

        slots.RangeOf(own).Adopt(own, sequence);
        kept.Remove(own);
        sequence.MarkComputed(tokens);
        return true;
    }

    /// <summary>Copies what another slot holds of a sequence's beginning into its own new slot.</summary>
    public void CopyFromDevice(Sequence sequence)
    {
        if (!sequence.CanReuse || FindOnDevice(sequence) is not { Holder.Slot: { } from, Tokens: > 0 and var tokens } found)
        {
            return;
        }

        runner.CopySlot(from, sequence.Slot!.Value, tokens);
        sequence.MarkComputed(tokens);
        if (found.Holder is KeptKv { IsPinned: false } own && own.ComputedTokens - tokens < BlockTokens)
        {
            kept.Release(own); // its conversation has moved on
        }
    }

    /// <summary>Copies the next blocks of a prefilling sequence from host memory into its slot.</summary>
    /// <returns><see langword="false"/> when there are more and this step may move no more.</returns>
    public bool TryRestore(Sequence sequence)
    {
        if (!sequence.CanReuse)
        {
            sequence.CachedTokens ??= 0;
            return true;
        }

        ReadOnlySpan<BlockHash> usable = Usable(sequence);
        int block = sequence.ComputedTokens / BlockTokens;
        for (; block < usable.Length && store.Has(usable[block]); block++)
        {
            if (budget.IsSpent)
            {
                return false;
            }

            if (!store.TryGet(usable[block], out ReadOnlySpan<byte> kv))
            {
                break;
            }

            runner.WriteKv(sequence.Slot!.Value, block * BlockTokens, kv);
            sequence.MarkComputed(((block + 1) * BlockTokens) - sequence.ComputedTokens);
            budget.Take(kv.Length);
        }

        RestoreTail(sequence, block);
        if (sequence.CachedTokens is null)
        {
            sequence.CachedTokens = Math.Min(sequence.ComputedTokens, sequence.PromptTokens);
            store.Touch(usable[..block]);
            store.Metrics.Queried(sequence.PromptTokens, sequence.CachedTokens.Value);
        }

        return true;
    }

    // A sequence that came from another engine brought the part of a block, too.
    private void RestoreTail(Sequence sequence, int block)
    {
        int end = sequence.ImportedTokens;
        if (end <= sequence.ComputedTokens || block != end / BlockTokens || block != sequence.ComputedTokens / BlockTokens)
        {
            return;
        }

        if (store.TryGet(sequence.Chain!.OfTail(sequence.Tokens[..end]), out ReadOnlySpan<byte> kv))
        {
            runner.WriteKv(sequence.Slot!.Value, block * BlockTokens, kv[..((end - (block * BlockTokens)) * store.Format.TokenBytes)]);
            sequence.MarkComputed(end - sequence.ComputedTokens);
        }
    }

    // The last token is always computed: somebody has to give the logits.
    private ReadOnlySpan<BlockHash> Usable(Sequence sequence) =>
        sequence.Chain!.Of(sequence.Tokens)[..((sequence.Tokens.Length - 1) / BlockTokens)];

    private int Available(Sequence sequence)
    {
        int host = store.CountHost(Usable(sequence)) * BlockTokens;
        return Math.Max(host, FindOnDevice(sequence).Tokens);
    }

    private static (ISlotHolder? Holder, int Tokens) Longer(
        (ISlotHolder? Holder, int Tokens) best, ISlotHolder holder, BlockChain chain, ReadOnlySpan<int> tokens, Sequence sequence)
    {
        if (tokens.Length <= best.Tokens || chain.Root != sequence.Chain!.Root)
        {
            return best;
        }

        int common = Common(tokens, sequence);
        return common > best.Tokens ? (holder, common) : best;
    }

    private static int Common(ReadOnlySpan<int> tokens, Sequence sequence) =>
        Math.Min(tokens.CommonPrefixLength(sequence.Tokens), sequence.Tokens.Length - 1);
}
