using Granary.Engine.Kv;

namespace Granary.Engine.Scheduling;

/// <summary>Finds slots for sequences: free ones, ones kept for a conversation's next turn, and ones that somebody has to give up.</summary>
/// <param name="slots">Who holds which slot.</param>
/// <param name="kept">Slots of sequences that have left.</param>
/// <param name="waiting">Where those go who lose their slot.</param>
/// <param name="policy">Who that is.</param>
/// <param name="parking">Where their keys and values go.</param>
/// <param name="plan">The step that is being planned.</param>
/// <param name="prefilling">Sequences between two chunks.</param>
/// <param name="maxMovedTokens">Tokens of all sequences but the first that may lose their slots in a step.</param>
internal sealed class SlotSupply(
    SlotTable slots, KeptSlots kept, FairQueue waiting, PreemptionPolicy policy, ParkingLot parking, StepPlan plan, List<Sequence> prefilling, int maxMovedTokens)
{
    /// <summary>Finds a slot. Of what others hold it takes one a step, or as many as are short, so that moving KV delays nobody for long.</summary>
    /// <param name="sequence">Who needs it.</param>
    /// <param name="rank">Its effective priority, as <see cref="FairQueue.RankOf"/>.</param>
    /// <param name="firstClass">The shortest class that will do.</param>
    /// <param name="endClass">One past the longest class whose slots it may have.</param>
    /// <returns>A class with a free slot.</returns>
    public SlotRange? Find(Sequence sequence, long rank, int firstClass, int endClass)
    {
        if (slots.FindFree(firstClass, endClass) is { } free)
        {
            return free;
        }

        if (kept.TryFree(firstClass, endClass) is { } freed)
        {
            return freed ? slots.FindFree(firstClass, endClass) : null;
        }

        if (policy.FindVictim(plan, sequence, rank + waiting.LevelTicks, slots, firstClass, endClass) is not { } victim
            || (plan.Preemptions > 0 && plan.MovedTokens + victim.ComputedTokens > maxMovedTokens))
        {
            return null;
        }

        SlotRange range = slots.RangeOf(victim);
        Preempt(victim);
        return range.HasFree ? range : null;
    }

    /// <summary>Moves sequences that have filled their slot to longer ones; one for which there is none loses its slot and waits.</summary>
    public void MoveUpOutgrown()
    {
        for (int index = 0; index < slots.Classes.Length - 1; index++)
        {
            SlotRange range = slots.Classes[index];
            for (int slot = range.Decoding - 1; slot >= 0; slot--) // from the back: a hole is filled with one that was looked at
            {
                var sequence = (Sequence)range[slot]!;
                if (sequence.ComputedTokens < range.SlotTokens)
                {
                    continue;
                }

                if (Find(sequence, sequence.Scheduling.Rank, index + 1, slots.Classes.Length) is { } longer)
                {
                    slots.Move(sequence, longer);
                }
                else
                {
                    Preempt(sequence);
                }
            }
        }
    }

    /// <summary>Takes a running sequence's slot. Its KV is parked in host memory; where that is full, whole blocks go the way of those that leave, which may take some steps, and the rest is computed again later.</summary>
    private void Preempt(Sequence sequence)
    {
        plan.MovedTokens += sequence.ComputedTokens;
        if (parking.TryPark(sequence))
        {
            sequence.State = SequenceState.Parked;
            slots.Release(sequence);
        }
        else
        {
            if (kept.SendDown(sequence) is null)
            {
                slots.Release(sequence);
            }

            sequence.State = SequenceState.Waiting;
            sequence.ForgetComputed();
        }

        prefilling.Remove(sequence);
        waiting.Requeue(sequence);
        plan.Preemptions++;
    }
}
