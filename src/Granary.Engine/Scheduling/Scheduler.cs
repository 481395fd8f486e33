using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>
/// Decides what each step computes: one token for every decoding sequence and prompt chunks within a token budget, so
/// that a long prompt delays others by one chunk at most. Continuous batching after Orca (Yu et al., OSDI 2022), chunked
/// prefill after Sarathi-Serve (Agrawal et al., OSDI 2024). Who is next: <see cref="FairQueue"/>; who gives way: <see cref="PreemptionPolicy"/>.
/// </summary>
/// <remarks>
/// A sequence starts in the shortest class that holds what it has and some room, and moves up when it outgrows its slot.
/// Prompts are computed one after another, unless somebody arrives who comes before the one that is not complete.
/// </remarks>
internal sealed class Scheduler(IModelRunner runner, EngineOptions options, TimeProvider timeProvider)
{
    // Room for output that a slot must have at the start, so that sequences do not move up at once.
    private const int RoomTokens = 128;

    // A pass costs something however short it is: a step computes this many prompts at most.
    private const int MaxPasses = 16;

    private readonly FairQueue _waiting = new(options, timeProvider);
    private readonly PreemptionPolicy _preemption = new(options);
    private readonly ParkingLot _parking = new(runner, options.ParkedKvBytes);
    private readonly SlotTable _slots = new(runner);
    private readonly StepPlan _plan = new();
    private readonly List<Sequence> _prefilling = []; // between two chunks

    /// <summary>Sequences without a slot.</summary>
    public int Waiting => _waiting.Waiting;

    /// <summary>Sequences with a slot.</summary>
    public int Running => _waiting.Running;

    /// <summary>Whether a step would have nothing to compute.</summary>
    public bool IsIdle => Running == 0 && Waiting == 0;

    /// <summary>Pages of host memory that hold parked sequences.</summary>
    public int ParkedPages => _parking.UsedPages;

    /// <summary>Puts a sequence behind the others of its tenant and priority.</summary>
    public void Add(Sequence sequence)
    {
        sequence.State = SequenceState.Waiting;
        _waiting.Enqueue(sequence);
    }

    /// <summary>Plans the next step. The plan is valid until the next call.</summary>
    public StepPlan Schedule()
    {
        _plan.Clear();
        MoveUpOutgrown();
        Admit();
        PlanDecodes();
        return _plan;
    }

    /// <summary>Notes that a plan was computed, except for sequences with an error, which the caller removes.</summary>
    public void Commit(StepPlan plan)
    {
        // All of them before the first one moves: it must take the new tokens along.
        plan.Decodes.ForEach(static sequence => sequence.MarkComputed(1));
        foreach (PrefillChunk chunk in plan.Prefills)
        {
            chunk.Sequence.MarkComputed(chunk.Sequence.Error is null ? chunk.Tokens : 0);
        }

        foreach (PrefillChunk chunk in plan.Prefills)
        {
            if (chunk.IsLast && chunk.Sequence.Error is null)
            {
                _slots.RangeOf(chunk.Sequence).Promote(chunk.Sequence);
                chunk.Sequence.State = SequenceState.Decoding;
            }
        }
    }

    /// <summary>Notes a token of output.</summary>
    public void TokenGenerated(Sequence sequence) => _waiting.ChargeToken(sequence);

    /// <summary>Takes a sequence out, wherever it is.</summary>
    public void Remove(Sequence sequence)
    {
        if (sequence.State is SequenceState.Finished)
        {
            return;
        }

        _waiting.Leave(sequence);
        _parking.Drop(sequence);
        if (sequence.Slot is not null)
        {
            _slots.Release(sequence);
        }

        _prefilling.Remove(sequence);
        sequence.State = SequenceState.Finished;
    }

    /// <summary>Takes everybody out and gives the memory of parked ones back.</summary>
    public IReadOnlyList<Sequence> RemoveAll()
    {
        List<Sequence> all = [.. _slots.Running()];
        _waiting.CopyTo(all);
        all.ForEach(Remove);
        _parking.Trim();
        return all;
    }

    // From the back: a hole is filled with one that was looked at.
    private void MoveUpOutgrown()
    {
        for (int index = 0; index < _slots.Classes.Length - 1; index++)
        {
            SlotRange range = _slots.Classes[index];
            for (int slot = range.Decoding - 1; slot >= 0; slot--)
            {
                var sequence = (Sequence)range[slot]!;
                if (sequence.ComputedTokens < range.SlotTokens)
                {
                    continue;
                }

                if (FindSlot(sequence, sequence.Scheduling.Rank, index + 1, _slots.Classes.Length) is { } longer)
                {
                    _slots.Move(sequence, longer);
                }
                else
                {
                    Preempt(sequence);
                }
            }
        }
    }

    /// <summary>Spends the step's budget on prompts, and gives slots to those who come next.</summary>
    private void Admit()
    {
        int chunk = Math.Min(options.PrefillChunkTokens, runner.MaxChunkTokens);
        int budget = Math.Clamp(options.MaxStepTokens - Running, Math.Min(chunk, MaxPasses), chunk);
        int endClass = _slots.Classes.Length;
        _waiting.BeginPass();
        while (budget > 0)
        {
            Sequence? next = endClass > 0 ? _waiting.Peek() : null;
            if (NextUnfinished() is { } unfinished && (next is null || !FairQueue.ComesBefore(next, unfinished)))
            {
                budget -= PlanChunk(unfinished, budget, chunk);
                continue;
            }

            if (next is null)
            {
                return;
            }

            int firstClass = _slots.ClassFor(next.Tokens.Length + Math.Min(RoomTokens, next.MaxTokens - next.OutputTokens));
            if (FindSlot(next, _waiting.RankOf(next), firstClass, endClass) is not { } range)
            {
                // Others may use slots that are too short for it, and none that it waits for.
                endClass = Math.Min(endClass, firstClass);
                _waiting.PassOver();
                continue;
            }

            budget -= Start(next, range, budget, chunk);
        }
    }

    private Sequence? NextUnfinished()
    {
        Sequence? first = null;
        foreach (Sequence sequence in _prefilling)
        {
            first = first is null || FairQueue.ComesBefore(sequence, first) ? sequence : first;
        }

        return first;
    }

    /// <returns>What it takes of the budget.</returns>
    private int Start(Sequence sequence, SlotRange range, int budget, int chunk)
    {
        _waiting.Start(sequence);
        bool goesOnDecoding = sequence.Parked is not null && sequence.OutputTokens > 0 && sequence.Uncomputed.Length == 1;
        if (goesOnDecoding)
        {
            range.AddDecoding(sequence);
        }
        else
        {
            range.AddPrefilling(sequence, forLong: sequence.Uncomputed.Length > budget);
        }

        if (sequence.Parked is not null)
        {
            _parking.Restore(sequence);
        }

        sequence.State = goesOnDecoding ? SequenceState.Decoding : SequenceState.Prefilling;
        return goesOnDecoding ? 1 : PlanChunk(sequence, budget, chunk);
    }

    private int PlanChunk(Sequence sequence, int budget, int chunk)
    {
        int left = sequence.Uncomputed.Length;
        int tokens = Math.Min(left, budget);
        _plan.Prefills.Add(new PrefillChunk(sequence, tokens, tokens == left));
        FairQueue.ChargeChunk(sequence, tokens);
        _prefilling.Remove(sequence);
        if (tokens < left)
        {
            _prefilling.Add(sequence);
            return budget;
        }

        return Math.Max(tokens, chunk / MaxPasses);
    }

    /// <summary>A free slot for a sequence, or one that somebody has to give up for it: one a step, so that moving KV delays nobody for long.</summary>
    private SlotRange? FindSlot(Sequence sequence, long rank, int firstClass, int endClass)
    {
        if (_slots.FindFree(firstClass, endClass) is { } free)
        {
            return free;
        }

        if (_plan.Preemptions > 0 || _preemption.FindVictim(_plan, sequence, rank + _waiting.LevelTicks, _slots, firstClass, endClass) is not { } victim)
        {
            return null;
        }

        SlotRange range = _slots.RangeOf(victim);
        Preempt(victim);
        return range;
    }

    /// <summary>Takes a running sequence's slot. Its KV goes to host memory; where that is full, it is computed again later.</summary>
    private void Preempt(Sequence sequence)
    {
        if (_parking.TryPark(sequence))
        {
            sequence.State = SequenceState.Parked;
        }
        else
        {
            sequence.State = SequenceState.Waiting;
            sequence.ForgetComputed();
        }

        _slots.Release(sequence);
        _prefilling.Remove(sequence);
        _waiting.Requeue(sequence);
        _plan.Preemptions++;
    }

    private void PlanDecodes()
    {
        foreach (SlotRange range in _slots.Classes)
        {
            if (range.Decoding == 0)
            {
                continue;
            }

            _plan.DecodeRuns.Add(new DecodeRun(range.FirstSlot, _plan.Decodes.Count, range.Decoding));
            for (int index = 0; index < range.Decoding; index++)
            {
                _plan.Decodes.Add((Sequence)range[index]!);
            }
        }
    }
}
