using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>
/// Decides what each step computes: one token for every decoding sequence and prompt chunks within a token budget, so
/// that a long prompt delays others by one chunk at most. Continuous batching after Orca (Yu et al., OSDI 2022), chunked
/// prefill after Sarathi-Serve (Agrawal et al., OSDI 2024).
/// </summary>
/// <remarks>
/// At most one sequence is between two chunks: prompts are computed one after another. Sequences own a whole slot, so
/// nobody is preempted for memory; to preempt is to release the slot and enqueue the sequence again, whose tokens it still holds.
/// </remarks>
internal sealed class Scheduler(IModelRunner runner, int prefillBudget)
{
    private readonly WaitingQueue _waiting = new();
    private readonly SlotTable _slots = new(runner);
    private readonly StepPlan _plan = new();
    private Sequence? _prefilling;

    /// <summary>Sequences without a slot.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Sequences with a slot.</summary>
    public int Running => _slots.Held;

    /// <summary>Whether a step would have nothing to compute.</summary>
    public bool IsIdle => Running == 0 && Waiting == 0;

    /// <summary>Puts a sequence behind the others of its priority.</summary>
    public void Add(Sequence sequence)
    {
        sequence.State = SequenceState.Waiting;
        _waiting.Enqueue(sequence);
    }

    /// <summary>Plans the next step. The plan is valid until the next call.</summary>
    public StepPlan Schedule()
    {
        _plan.Clear();
        for (int slot = 0; slot < _slots.Decoding; slot++)
        {
            _plan.Decodes.Add(_slots[slot]);
        }

        int budget = prefillBudget;
        while (budget > 0 && NextToPrefill() is { } sequence)
        {
            int left = sequence.Uncomputed.Length;
            int tokens = Math.Min(Math.Min(left, budget), runner.MaxChunkTokens);
            _plan.Prefills.Add(new PrefillChunk(sequence, tokens, tokens == left));
            _prefilling = tokens == left ? null : sequence;
            budget -= _prefilling is null ? tokens : budget;
        }

        return _plan;
    }

    /// <summary>Notes that a chunk was computed.</summary>
    public void Commit(PrefillChunk chunk)
    {
        chunk.Sequence.MarkComputed(chunk.Tokens);
        if (chunk.IsLast)
        {
            _slots.Promote(chunk.Sequence);
            chunk.Sequence.State = SequenceState.Decoding;
        }
    }

    /// <summary>Takes a sequence out, wherever it is.</summary>
    public void Remove(Sequence sequence)
    {
        if (sequence.State is SequenceState.Waiting)
        {
            _waiting.Remove(sequence);
        }
        else if (sequence.State is not SequenceState.Finished)
        {
            _slots.Release(sequence);
        }

        if (_prefilling == sequence)
        {
            _prefilling = null;
        }

        sequence.State = SequenceState.Finished;
    }

    /// <summary>Takes everybody out.</summary>
    public IReadOnlyList<Sequence> RemoveAll()
    {
        List<Sequence> all = [.. _slots.Holders()];
        while (_waiting.TryDequeue(out Sequence waiting))
        {
            waiting.State = SequenceState.Finished;
            all.Add(waiting);
        }

        all.ForEach(Remove);
        return all;
    }

    private Sequence? NextToPrefill()
    {
        if (_prefilling is { } unfinished)
        {
            _slots.Compact(unfinished);
            return unfinished;
        }

        if (!_slots.CanAllocate || !_waiting.TryDequeue(out Sequence sequence))
        {
            return null;
        }

        _slots.Allocate(sequence);
        sequence.State = SequenceState.Prefilling;
        return sequence;
    }
}
