namespace Granary.Engine.Scheduling;

/// <summary>
/// Decides who gives a slot up for somebody who waits. Between tenants: one that has had less service than another by more
/// than <see cref="EngineOptions.PreemptionGapTokens"/> takes a slot of the one furthest ahead. Within a tenant: a sequence
/// of better priority takes the slot of one that is behind by a level still when what it had waited before it started is counted.
/// </summary>
/// <remarks>
/// Nobody is preempted before <see cref="EngineOptions.MinRunTokens"/> tokens of output, or of a prompt that is not complete, and two tenants trade a slot only when
/// the gap between them has turned around: nothing thrashes.
/// </remarks>
internal sealed class PreemptionPolicy(EngineOptions options)
{
    /// <summary>Finds a running sequence to preempt.</summary>
    /// <param name="plan">The step so far; what computes a chunk in it is left alone.</param>
    /// <param name="waiting">Who waits.</param>
    /// <param name="leastRank">Rank from which on its own tenant's sequences give way to it, as <see cref="SchedulingRecord.Rank"/>.</param>
    /// <param name="slots">Who runs.</param>
    /// <param name="firstClass">The shortest class whose slots it can use.</param>
    /// <param name="endClass">One past the longest class whose slots it may have.</param>
    public Sequence? FindVictim(StepPlan plan, Sequence waiting, long leastRank, SlotTable slots, int firstClass, int endClass)
    {
        TenantCounter tenant = waiting.Scheduling.Tenant!;
        double bar = tenant.Service + options.PreemptionGapTokens;
        Sequence? ahead = null;
        Sequence? lessUrgent = null;
        for (int index = firstClass; index < endClass; index++)
        {
            SlotRange range = slots.Classes[index];
            for (int slot = 0; slot < range.Slots; slot++)
            {
                if (range[slot] is not Sequence running || !MayBePreempted(running, plan))
                {
                    continue;
                }

                SchedulingRecord record = running.Scheduling;
                if (record.Tenant != tenant && record.Tenant!.Service > bar && IsBetterVictim(running, ahead))
                {
                    ahead = running;
                }
                else if (record.Tenant == tenant && running.Priority > waiting.Priority && record.Rank >= leastRank && IsBetterVictim(running, lessUrgent))
                {
                    lessUrgent = running;
                }
            }
        }

        return ahead ?? lessUrgent;
    }

    private bool MayBePreempted(Sequence running, StepPlan plan)
    {
        SchedulingRecord record = running.Scheduling;
        if (running.State is SequenceState.Decoding)
        {
            return running.OutputTokens - record.OutputTokensAtStart >= options.MinRunTokens;
        }

        foreach (PrefillChunk chunk in plan.Prefills)
        {
            if (chunk.Sequence == running)
            {
                return false;
            }
        }

        return running.ComputedTokens - record.ComputedTokensAtStart >= options.MinRunTokens;
    }

    // The tenant that is furthest ahead, of its sequences the least urgent, of these the one with the least to carry.
    private static bool IsBetterVictim(Sequence running, Sequence? best)
    {
        if (best is null)
        {
            return true;
        }

        SchedulingRecord mine = running.Scheduling;
        SchedulingRecord others = best.Scheduling;
        return (mine.Tenant!.Service, mine.Rank, -running.ComputedTokens).CompareTo((others.Tenant!.Service, others.Rank, -best.ComputedTokens)) > 0;
    }
}
