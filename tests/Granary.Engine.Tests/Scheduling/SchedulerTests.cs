using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class SchedulerTests
{
    [Fact]
    public void Schedule_long_prompt_comes_in_budgeted_chunks()
    {
        var scheduler = new Scheduler(new ToyRunner(4, 64), prefillBudget: 10);
        Sequence sequence = SlotTableTests.New(prompt: 25);
        scheduler.Add(sequence);

        List<(int, bool)> chunks = [];
        for (int step = 0; step < 3; step++)
        {
            PrefillChunk chunk = Assert.Single(scheduler.Schedule().Prefills);
            chunks.Add((chunk.Tokens, chunk.IsLast));
            scheduler.Commit(chunk);
        }

        Assert.Equal([(10, false), (10, false), (5, true)], chunks);
        Assert.Equal(SequenceState.Decoding, sequence.State);
    }

    [Fact]
    public void Schedule_short_prompts_share_a_budget()
    {
        var scheduler = new Scheduler(new ToyRunner(4, 64), prefillBudget: 10);
        foreach (int length in (int[])[3, 4, 5])
        {
            scheduler.Add(SlotTableTests.New(length));
        }

        Assert.Equal([(3, true), (4, true), (3, false)], scheduler.Schedule().Prefills.Select(chunk => (chunk.Tokens, chunk.IsLast)));
    }

    [Fact]
    public void Schedule_running_sequences_decode_beside_a_prompt()
    {
        var scheduler = new Scheduler(new ToyRunner(4, 64), prefillBudget: 8);
        Sequence running = SlotTableTests.New();
        scheduler.Add(running);
        scheduler.Commit(scheduler.Schedule().Prefills[0]);
        running.Append(1);
        scheduler.Add(SlotTableTests.New(prompt: 30));

        StepPlan plan = scheduler.Schedule();
        Assert.Equal([running], plan.Decodes);
        Assert.Equal(8, Assert.Single(plan.Prefills).Tokens);
    }

    [Fact]
    public void Schedule_no_free_slot_leaves_others_waiting_in_order()
    {
        var scheduler = new Scheduler(new ToyRunner(1, 64), prefillBudget: 8);
        Sequence first = SlotTableTests.New();
        Sequence second = SlotTableTests.New();
        Sequence third = SlotTableTests.New();
        scheduler.Add(first);
        scheduler.Add(second);
        scheduler.Add(third);
        scheduler.Commit(Assert.Single(scheduler.Schedule().Prefills));
        Assert.Equal((1, 2), (scheduler.Running, scheduler.Waiting));
        scheduler.Remove(second);
        scheduler.Remove(first);
        Assert.Same(third, Assert.Single(scheduler.Schedule().Prefills).Sequence);
    }

    [Fact]
    public void Schedule_lower_priority_number_goes_first()
    {
        var scheduler = new Scheduler(new ToyRunner(1, 64), prefillBudget: 8);
        scheduler.Add(SlotTableTests.New());
        var urgent = new Sequence(
            "u", [1], 1, SamplingResolver.Resolve(new(), new()), new OutputText(new ToyTokenizer().CreateStreamDecoder(), []), new OutputStream()) { Priority = -1 };
        scheduler.Add(urgent);
        Assert.Same(urgent, Assert.Single(scheduler.Schedule().Prefills).Sequence);
    }

    [Fact]
    public void Remove_half_prefilled_frees_its_slot()
    {
        var scheduler = new Scheduler(new ToyRunner(1, 64), prefillBudget: 8);
        Sequence sequence = SlotTableTests.New(prompt: 30);
        scheduler.Add(sequence);
        scheduler.Commit(scheduler.Schedule().Prefills[0]);
        scheduler.Remove(sequence);
        Assert.True(scheduler.IsIdle);
        Assert.Empty(scheduler.Schedule().Prefills);
    }
}
