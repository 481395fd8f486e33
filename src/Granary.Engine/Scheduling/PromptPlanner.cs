using Granary.Engine.Kv;

namespace Granary.Engine.Scheduling;

/// <summary>Decides what a step computes of prompts: of those begun before, and of those who get a slot.</summary>
/// <remarks>
/// A sequence starts in the shortest class that holds what it has and some room, and moves up when it outgrows its slot.
/// Prompts are computed one after another, unless somebody arrives who comes before the one that is not complete.
/// </remarks>
/// <param name="options">Budgets.</param>
/// <param name="chunkTokens">Most tokens of prompts in a step.</param>
/// <param name="scoredTokens">Most tokens of a chunk that gets log-probabilities.</param>
/// <param name="waiting">Who is next.</param>
/// <param name="slots">The device's slots.</param>
/// <param name="tiers">Keys and values that were computed before.</param>
/// <param name="supply">Finds slots.</param>
/// <param name="parking">Keys and values of who was preempted.</param>
/// <param name="plan">Gets the chunks.</param>
/// <param name="prefilling">Who is between two chunks.</param>
internal sealed class PromptPlanner(
    EngineOptions options, int chunkTokens, int scoredTokens, FairQueue waiting, SlotTable slots, KvTiers tiers, SlotSupply supply, ParkingLot parking, StepPlan plan, List<Sequence> prefilling)
{
    // Room for output that a slot must have at the start, so that sequences do not move up at once.
    private const int RoomTokens = 128;

    // Prompts get on by so much however many decode.
    private const int MinBudgetTokens = 16;

    // A pass over a prompt counts as so much of a chunk more than its tokens, because it costs something however short it
    // is (bench batching has the figures): many short prompts, too, delay others by about one chunk at most.
    private const int PassesInChunk = 16;

    // A token that gets a log-probability takes its row of logits, and a sum over the vocabulary, besides.
    private const int ScoredTokenCost = 2;

    private int _spent; // since everybody who decodes got a token

    private int PassTokens => chunkTokens / PassesInChunk;

    /// <summary>What prompts may cost, in tokens, until everybody who decodes gets the next token.</summary>
    public int Budget => Math.Clamp(options.MaxStepTokens - waiting.Running, Math.Min(chunkTokens, MinBudgetTokens), chunkTokens) - _spent;

    /// <summary>Notes that a chunk was computed.</summary>
    public void Spend(PrefillChunk chunk) => _spent += chunk.Tokens + PassTokens;

    /// <summary>Notes that everybody who decodes got a token.</summary>
    public void BeginBudget() => _spent = 0;

    /// <summary>Spends the step's budget on prompts, and gives slots to those who come next.</summary>
    public void Plan()
    {
        int budget = Budget;
        int endClass = slots.Classes.Length;
        waiting.BeginPass();
        while (budget > 0)
        {
            Sequence? next = endClass > 0 ? waiting.Peek() : null;
            if (NextUnfinished() is { } unfinished && (next is null || !FairQueue.ComesBefore(next, unfinished)))
            {
                budget -= PlanChunk(unfinished, budget);
                continue;
            }

            if (next is null)
            {
                LoadAhead();
                return;
            }

            if (next.Parked is null && tiers.Prefixes.GainsByWaiting(next, plan.Prefills))
            {
                waiting.PassOver();
                continue;
            }

            bool isFirst = endClass == slots.Classes.Length; // those behind it load when it is their turn
            if (next.Parked is null && isFirst && tiers.TryLoad(next, waiting))
            {
                continue;
            }

            budget -= TryStart(next, ref endClass, budget);
        }
    }

    // Who comes after those that wait for a slot has its keys and values read meanwhile. One only: what is read must not push out what others were promised.
    private void LoadAhead()
    {
        if (waiting.Peek() is { Parked: null } next)
        {
            tiers.TryLoad(next, waiting);
        }
    }

    private Sequence? NextUnfinished()
    {
        Sequence? first = null;
        foreach (Sequence sequence in prefilling)
        {
            first = first is null || FairQueue.ComesBefore(sequence, first) ? sequence : first;
        }

        return first;
    }

    /// <returns>What it takes of the budget.</returns>
    private int TryStart(Sequence sequence, ref int endClass, int budget)
    {
        int firstClass = slots.ClassFor(sequence.Tokens.Length + Math.Min(RoomTokens, sequence.MaxTokens - sequence.OutputTokens));
        if (sequence.Parked is null && tiers.Prefixes.TryAdopt(sequence, slots.Classes[firstClass].SlotTokens))
        {
            return Start(sequence, SequenceState.Prefilling, budget);
        }

        if (supply.Find(sequence, waiting.RankOf(sequence), firstClass, endClass) is not { } range)
        {
            // Others may use slots that are too short for it, and none that it waits for.
            endClass = Math.Min(endClass, firstClass);
            waiting.PassOver();
            return 0;
        }

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
            parking.Restore(sequence);
        }
        else
        {
            tiers.Prefixes.CopyFromDevice(sequence);
        }

        return Start(sequence, goesOnDecoding ? SequenceState.Decoding : SequenceState.Prefilling, budget);
    }

    /// <returns>What it takes of the budget.</returns>
    private int Start(Sequence sequence, SequenceState state, int budget)
    {
        waiting.Start(sequence);
        sequence.State = state;
        return state is SequenceState.Decoding ? 1 : PlanChunk(sequence, budget);
    }

    /// <returns>What it takes of the budget.</returns>
    private int PlanChunk(Sequence sequence, int budget)
    {
        prefilling.Remove(sequence);
        if (!tiers.Prefixes.TryRestore(sequence))
        {
            prefilling.Add(sequence); // the next step goes on copying
            return budget;
        }

        int left = sequence.Uncomputed.Length;
        int tokens = Math.Min(left, sequence.Scores is { IsComplete: false } ? Math.Clamp(budget / ScoredTokenCost, 1, scoredTokens) : budget);
        plan.Prefills.Add(new PrefillChunk(sequence, tokens, tokens == left));
        FairQueue.ChargeChunk(sequence, tokens);
        if (tokens < left)
        {
            prefilling.Add(sequence);
            return budget;
        }

        return tokens + PassTokens;
    }
}
