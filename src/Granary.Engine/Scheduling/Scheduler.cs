using Granary.Engine.Execution;
using Granary.Engine.Kv;

namespace Granary.Engine.Scheduling;

/// <summary>
/// Decides what each step computes: one token for every decoding sequence and prompt chunks within a token budget, so
/// that a long prompt delays others by one chunk at most. Continuous batching after Orca (Yu et al., OSDI 2022), chunked
/// prefill after Sarathi-Serve (Agrawal et al., OSDI 2024). Who is next: <see cref="FairQueue"/>; what is computed of prompts:
/// <see cref="PromptPlanner"/>; who gives way: <see cref="PreemptionPolicy"/>.
/// </summary>
internal sealed class Scheduler
{
    // Where a device gives one row of logits a pass, a chunk that gets log-probabilities takes so many passes.
    private const int MostScoredPasses = 16;

    private readonly FairQueue _waiting;
    private readonly ParkingLot _parking;
    private readonly SlotTable _slots;
    private readonly KvTiers _tiers;
    private readonly SlotSupply _supply;
    private readonly PromptPlanner _prompts;
    private readonly StepPlan _plan = new();
    private readonly List<Sequence> _prefilling = []; // between two chunks

    /// <param name="runner">Computes what is planned.</param>
    /// <param name="options">Budgets.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="store">Where keys and values go that no slot has room for; disposed by its owner.</param>
    public Scheduler(IModelRunner runner, EngineOptions options, TimeProvider timeProvider, BlockStore store)
    {
        _waiting = new FairQueue(options, timeProvider, runner.Slots);
        _parking = new ParkingLot(runner, store.Format.BlockTokens, options.ParkedKvBytes);
        _slots = new SlotTable(runner);
        _tiers = new KvTiers(runner, _slots, store, options, timeProvider);
        int chunkTokens = Math.Min(options.PrefillChunkTokens, runner.MaxChunkTokens);
        _supply = new SlotSupply(_slots, _tiers.Kept, _waiting, new PreemptionPolicy(options), _parking, _plan, _prefilling, chunkTokens);
        int scoredTokens = Math.Min(chunkTokens, MostScoredPasses * runner.MaxLogitRows);
        _prompts = new PromptPlanner(options, chunkTokens, scoredTokens, _waiting, _slots, _tiers, _supply, _parking, _plan, _prefilling);
    }

    /// <summary>Sequences without a slot.</summary>
    public int Waiting => _waiting.Waiting;

    /// <summary>Sequences with a slot.</summary>
    public int Running => _waiting.Running;

    /// <summary>Part of the slots' tokens in slots of running sequences, 0–1.</summary>
    public double KvUsage => _slots.Usage;

    /// <summary>Keys and values that no running sequence holds.</summary>
    public KvTiers Tiers => _tiers;

    /// <summary>Whether a step would have nothing to compute. Sequences whose keys and values come from disk do not count.</summary>
    public bool IsIdle => Running == 0 && Waiting == 0;

    /// <summary>Pages of host memory that hold parked sequences.</summary>
    public int ParkedPages => _parking.UsedPages;

    /// <summary>What went wrong when a slot was given back, if something did: the device is broken, and slots hold what nobody can vouch for. The engine is to end.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>Parked keys and values of a sequence, a block from a token on.</summary>
    public ReadOnlySpan<byte> ParkedBlock(ParkedKv parked, int firstToken) => _parking.PageAt(parked, firstToken);

    /// <summary>Puts a sequence behind the others of its tenant and priority.</summary>
    public void Add(Sequence sequence)
    {
        sequence.State = sequence.Parked is null ? SequenceState.Waiting : SequenceState.Parked;
        _waiting.Enqueue(sequence);
    }

    /// <summary>Who has to leave where more wait than may; <see langword="null"/> where nobody waits that has not run yet.</summary>
    public Sequence? Surplus() => _waiting.Surplus();

    /// <summary>To be called before each step, and whenever the time that it gives is over: does what needs no forward pass.</summary>
    /// <returns>How long there is nothing to do while the scheduler is idle and nothing arrives.</returns>
    public TimeSpan Tend() => _tiers.Tend(_waiting);

    /// <summary>Plans the next step. The plan is valid until the next call; its decodes need not be computed, the next plan has them again.</summary>
    public StepPlan Schedule()
    {
        _plan.Clear();
        _supply.MoveUpOutgrown();
        _prompts.Plan();
        PlanDecodes();
        return _plan;
    }

    /// <summary>Notes that a chunk was computed, unless its sequence has an error; the caller removes that.</summary>
    public void Commit(PrefillChunk chunk)
    {
        chunk.Sequence.MarkComputed(chunk.Sequence.Error is null ? chunk.Tokens : 0);
        _prompts.Spend(chunk);
    }

    /// <summary>Whether another chunk of a prompt may be computed before the next decodes.</summary>
    public bool HasPromptBudget => _prompts.Budget > 0;

    /// <summary>Takes chunks out of a plan that are not computed in this step; the next one may compute others' first.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="first">Index of the first of them among <see cref="StepPlan.Prefills"/>.</param>
    public void PutOff(StepPlan plan, int first)
    {
        for (int index = first; index < plan.Prefills.Count; index++)
        {
            Sequence sequence = plan.Prefills[index].Sequence;
            _prefilling.Remove(sequence);
            _prefilling.Add(sequence);
        }

        plan.Prefills.RemoveRange(first, plan.Prefills.Count - first);
    }

    /// <summary>
    /// Notes that a plan's decodes were computed, its chunks having been committed before, except for sequences with an error, which the caller removes. Slots move here
    /// and not before: the plan says where they are.
    /// </summary>
    public void Commit(StepPlan plan)
    {
        _prompts.BeginBudget();

        // All of them before the first one moves: it must take the new tokens along.
        plan.Decodes.ForEach(static sequence => sequence.MarkComputed(1));
        Promote(plan);
    }

    /// <summary>Lets those decode from now on whose prompts a plan has completed. Its decodes are not computed, and not noted as computed.</summary>
    public void Promote(StepPlan plan)
    {
        foreach (PrefillChunk chunk in plan.Prefills)
        {
            if (chunk.IsLast && chunk.Sequence.State is SequenceState.Prefilling)
            {
                _slots.RangeOf(chunk.Sequence).Promote(chunk.Sequence);
                chunk.Sequence.State = SequenceState.Decoding;
            }
        }
    }

    /// <summary>Notes a token of output.</summary>
    public void TokenGenerated(Sequence sequence) => _waiting.ChargeToken(sequence);

    /// <summary>Takes a sequence out, wherever it is. It is out whatever becomes of its slot: see <see cref="Broken"/>.</summary>
    public void Remove(Sequence sequence)
    {
        if (sequence.State is not SequenceState.Finished)
        {
            TakeOut(sequence, SequenceState.Finished, isSlotWanted: Waiting > 0);
        }
    }

    /// <summary>Takes a sequence out that goes to another engine; <see cref="Add"/> takes it in again.</summary>
    /// <returns>What holds its keys and values, pinned; <see langword="null"/> where no slot does: those of a parked one stay parked.</returns>
    public KeptKv? Detach(Sequence sequence)
    {
        KeptKv? kept = TakeOut(sequence, SequenceState.Exporting, isSlotWanted: false);
        kept?.IsPinned = true;
        if (sequence.Parked is null)
        {
            sequence.ForgetComputed();
        }

        return kept;
    }

    /// <summary>Takes everybody out and gives the memory of parked ones back.</summary>
    /// <param name="broken">What has become of the device, if it broke: nothing is kept then.</param>
    public IReadOnlyList<Sequence> RemoveAll(Exception? broken = null)
    {
        List<Sequence> all = [.. _slots.Running(), .. _tiers.Loading];
        _waiting.CopyTo(all);
        all.RemoveAll(static sequence => sequence.State is SequenceState.Finished); // one whose slot could not be given back
        all.ForEach(sequence => sequence.Error ??= broken);
        all.ForEach(Remove);
        _parking.Trim();
        return all;
    }

    private KeptKv? TakeOut(Sequence sequence, SequenceState next, bool isSlotWanted)
    {
        CountOut(sequence);
        sequence.State = next;
        if (next is SequenceState.Finished)
        {
            _parking.Drop(sequence);
        }

        try
        {
            return GiveSlotBack(sequence, isSlotWanted);
        }
        catch (Exception e)
        {
            Broken ??= e;
            return null;
        }
    }

    private void CountOut(Sequence sequence)
    {
        if (sequence.State is SequenceState.Loading)
        {
            _tiers.Leave(sequence);
        }
        else if (sequence.State is not SequenceState.Exporting)
        {
            _waiting.Leave(sequence);
        }

        _prefilling.Remove(sequence);
    }

    private KeptKv? GiveSlotBack(Sequence sequence, bool isSlotWanted)
    {
        if (sequence.Slot is null)
        {
            return null;
        }

        KeptKv? kept = sequence.Error is null ? _tiers.Kept.Keep(sequence, isSlotWanted) : null;
        if (kept is null)
        {
            _slots.Release(sequence);
        }

        return kept;
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
