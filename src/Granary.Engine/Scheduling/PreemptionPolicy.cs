namespace Granary.Engine.Scheduling;

/// <summary>
/// Decides who gives a slot up for somebody who waits. Between tenants: one that has had less service than another by more
/// than <see cref="EngineOptions.PreemptionGapTokens"/> takes a slot of the one furthest ahead; and one that holds few slots takes one at
/// once of a tenant that holds so many that it is still ahead afterwards, so that a flood fills no slot that others come for. Within a tenant: a sequence
/// of better priority takes the slot of one that is behind by a level still when what it had waited before it started is counted.
/// </summary>
/// <remarks>
/// Nobody is preempted before <see cref="EngineOptions.MinRunTokens"/> tokens of output, or of a prompt that is not complete, but by a tenant with few slots, and nobody
/// loses the last one to that. Two tenants trade a slot only when the gap between them, in service or in slots, has turned around: nothing thrashes.
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
        double barOfSlots = tenant.StandingWith(1);
        Sequence? ahead = null;
        Sequence? ofMany = null;
        Sequence? lessUrgent = null;
        for (int index = firstClass; index < endClass; index++)
        {
            SlotRange range = slots.Classes[index];
            for (int slot = 0; slot < range.Slots; slot++)
            {
                if (range[slot] is not Sequence running || IsPlanned(running, plan))
                {
                    continue;
                }

                SchedulingRecord record = running.Scheduling;
                if (record.Tenant != tenant && record.Tenant!.Running > 1 && record.Tenant.StandingWith(-1) > barOfSlots && IsBetterVictim(running, ofMany))
                {
                    ofMany = running;
                }

                if (!HasRunEnough(running))
                {
                    continue;
                }

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

        return ahead ?? ofMany ?? lessUrgent;
    }

    private bool HasRunEnough(Sequence running)
    {
        SchedulingRecord record = running.Scheduling;
        return options.MinRunTokens <= (running.State is SequenceState.Decoding
            ? running.OutputTokens - record.OutputTokensAtStart
            : running.ComputedTokens - record.ComputedTokensAtStart);
    }

    private static bool IsPlanned(Sequence running, StepPlan plan)
    {
        foreach (PrefillChunk chunk in plan.Prefills)
        {
            if (chunk.Sequence == running)
            {
                return true;
            }
        }

        return false;
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
        return (mine.Tenant!.Standing, mine.Rank, -running.ComputedTokens).CompareTo((others.Tenant!.Standing, others.Rank, -best.ComputedTokens)) > 0;
    }
}
