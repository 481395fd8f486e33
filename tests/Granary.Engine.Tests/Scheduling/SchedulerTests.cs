using System.Text;
using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class SchedulerTests
{
    [Fact]
    public void Schedule_long_prompt_comes_in_budgeted_chunks()
    {
        Scheduler scheduler = New(slots: 4, chunk: 10);
        Sequence sequence = ToySequence.New(prompt: 25);
        scheduler.Add(sequence);

        List<(int, bool)> chunks = [];
        for (int step = 0; step < 3; step++)
        {
            StepPlan plan = scheduler.Schedule();
            PrefillChunk chunk = Assert.Single(plan.Prefills);
            chunks.Add((chunk.Tokens, chunk.IsLast));
            Commit(scheduler, plan);
        }

        Assert.Equal([(10, false), (10, false), (5, true)], chunks);
        Assert.Equal(SequenceState.Decoding, sequence.State);
    }

    [Fact]
    public void Schedule_short_prompts_share_a_budget()
    {
        Scheduler scheduler = New(slots: 4, chunk: 10);
        foreach (int length in (int[])[3, 4, 5])
        {
            scheduler.Add(ToySequence.New(length));
        }

        Assert.Equal([(3, true), (4, true), (3, false)], scheduler.Schedule().Prefills.Select(chunk => (chunk.Tokens, chunk.IsLast)));
    }

    [Fact]
    public void Schedule_running_sequences_decode_beside_a_prompt()
    {
        Scheduler scheduler = New(slots: 4, chunk: 8);
        Sequence running = ToySequence.New();
        scheduler.Add(running);
        scheduler.Commit(scheduler.Schedule());
        running.Take(1, new StringBuilder());
        scheduler.Add(ToySequence.New(prompt: 30));

        StepPlan plan = scheduler.Schedule();
        Assert.Equal([running], plan.Decodes);
        Assert.Equal(8, Assert.Single(plan.Prefills).Tokens);
    }

    [Fact]
    public void Schedule_no_free_slot_leaves_others_waiting_in_order()
    {
        Scheduler scheduler = New(slots: 1, chunk: 8);
        Sequence first = ToySequence.New();
        Sequence second = ToySequence.New();
        Sequence third = ToySequence.New();
        scheduler.Add(first);
        scheduler.Add(second);
        scheduler.Add(third);
        scheduler.Commit(scheduler.Schedule());
        Assert.Equal((1, 2), (scheduler.Running, scheduler.Waiting));
        scheduler.Remove(second);
        scheduler.Remove(first);
        Assert.Same(third, Assert.Single(scheduler.Schedule().Prefills).Sequence);
    }

    [Fact]
    public void Schedule_priority_orders_a_tenants_waiting_requests_and_moves_no_other_tenants()
    {
        var toy = new ToySteps(new EngineOptions { Slots = 1, SlotTokens = 128 });
        List<Sequence> order = [];
        toy.Finished = order.Add;
        Sequence running = toy.Add(ToySequence.New(tenant: "a"));
        toy.Step();
        Sequence patient = toy.Add(ToySequence.New(tenant: "a", priority: 5));
        Sequence urgent = toy.Add(ToySequence.New(tenant: "a", priority: -100));
        Sequence other = toy.Add(ToySequence.New(tenant: "b", priority: 100)); // its tenant has had less
        toy.StepUntil(() => order.Count == 4);
        Assert.Equal([running, other, urgent, patient], order);
    }

    [Fact]
    public void Schedule_lower_priority_number_goes_first()
    {
        Scheduler scheduler = New(slots: 1, chunk: 8);
        scheduler.Add(ToySequence.New());
        Sequence urgent = ToySequence.New(priority: -1);
        scheduler.Add(urgent);
        Assert.Same(urgent, Assert.Single(scheduler.Schedule().Prefills).Sequence);
    }

    [Fact]
    public void Remove_half_prefilled_frees_its_slot()
    {
        Scheduler scheduler = New(slots: 1, chunk: 8);
        Sequence sequence = ToySequence.New(prompt: 30);
        scheduler.Add(sequence);
        scheduler.Commit(scheduler.Schedule());
        scheduler.Remove(sequence);
        Assert.True(scheduler.IsIdle);
        Assert.Empty(scheduler.Schedule().Prefills);
    }

    [Fact]
    public void Schedule_step_budget_leaves_the_rest_to_prompts()
    {
        Scheduler scheduler = New(slots: 40, chunk: 32, new EngineOptions { MaxStepTokens = 50 });
        for (int i = 0; i < 20; i++)
        {
            scheduler.Add(ToySequence.New());
        }

        while (scheduler.Waiting > 0)
        {
            Commit(scheduler, scheduler.Schedule());
        }

        scheduler.Add(ToySequence.New(prompt: 60));
        StepPlan plan = scheduler.Schedule();
        Assert.Equal((20, 30), (plan.Decodes.Count, Assert.Single(plan.Prefills).Tokens));
    }

    [Fact]
    public void Schedule_many_short_prompts_start_in_bounded_numbers()
    {
        Scheduler scheduler = New(slots: 64, chunk: 64);
        for (int i = 0; i < 64; i++)
        {
            scheduler.Add(ToySequence.New());
        }

        Assert.Equal(13, scheduler.Schedule().Prefills.Count); // each counts as 1 + 64 / 16 tokens
    }

    [Fact]
    public void Schedule_decodes_run_class_by_class()
    {
        var runner = new ToyRunner([(16, 2), (256, 2)]);
        var scheduler = new Scheduler(runner, new EngineOptions { PrefillChunkTokens = 64 }, new ManualTime(), ToyStore.None);
        Sequence[] sequences = [ToySequence.New(maxTokens: 4), ToySequence.New(prompt: 60), ToySequence.New(maxTokens: 4)];
        foreach (Sequence sequence in sequences)
        {
            scheduler.Add(sequence);
        }

        while (scheduler.Waiting > 0)
        {
            Commit(scheduler, scheduler.Schedule());
        }

        StepPlan plan = scheduler.Schedule();
        Assert.Equal([sequences[0], sequences[2], sequences[1]], plan.Decodes);
        Assert.Equal([new DecodeRun(0, 0, 2), new DecodeRun(2, 2, 1)], plan.DecodeRuns);
    }

    [Fact]
    public void Schedule_blocked_long_request_is_passed_by_short_ones_in_short_slots_alone()
    {
        var runner = new ToyRunner([(16, 1), (256, 1)]);
        var scheduler = new Scheduler(runner, new EngineOptions { PrefillChunkTokens = 256 }, new ManualTime(), ToyStore.None);
        Sequence[] sequences = [ToySequence.New(prompt: 60), ToySequence.New(prompt: 60), ToySequence.New(), ToySequence.New()];
        foreach (Sequence sequence in sequences)
        {
            scheduler.Add(sequence);
        }

        Commit(scheduler, scheduler.Schedule());
        Commit(scheduler, scheduler.Schedule());
        Assert.Equal((1, null, 0, null), (sequences[0].Slot, sequences[1].Slot, sequences[2].Slot, sequences[3].Slot));

        scheduler.Remove(sequences[0]); // its slot is for the one that waits for a long one
        Assert.Same(sequences[1], Assert.Single(scheduler.Schedule().Prefills).Sequence);
    }

    private static Scheduler New(int slots, int chunk, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        options.PrefillChunkTokens = chunk;
        return new Scheduler(new ToyRunner(slots, 64), options, new ManualTime(), ToyStore.None);
    }

    private static void Commit(Scheduler scheduler, StepPlan plan)
    {
        foreach (PrefillChunk chunk in plan.Prefills)
        {
            scheduler.Commit(chunk);
            if (chunk.IsLast)
            {
                chunk.Sequence.Take(1, new StringBuilder());
            }
        }

        scheduler.Commit(plan);
    }
}
