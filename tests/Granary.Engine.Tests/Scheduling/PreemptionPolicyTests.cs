using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class PreemptionPolicyTests
{
    private readonly EngineOptions _options = new()
    {
        Slots = 2,
        SlotTokens = 1024,
        PrefillChunkTokens = 64,
        MinRunTokens = 5,
        PreemptionGapTokens = 100,
        PriorityAging = TimeSpan.FromSeconds(10),
    };

    [Fact]
    public void Step_more_urgent_of_the_tenant_takes_a_slot_after_the_minimum_run()
    {
        var toy = new ToySteps(_options);
        Sequence first = toy.Add(Long(priority: 2));
        Sequence second = toy.Add(Long(priority: 1));
        toy.Step();
        Sequence urgent = toy.Add(Long());
        toy.StepUntil(() => urgent.Slot is not null);
        Assert.Equal((5, SequenceState.Parked, SequenceState.Decoding), (first.OutputTokens, first.State, second.State)); // the least urgent one
        toy.Step();
        Assert.Equal(6, urgent.OutputTokens + first.OutputTokens - 1); // it waits, and the other runs
    }

    [Fact]
    public void Step_equally_urgent_of_the_tenant_waits()
    {
        var toy = new ToySteps(_options);
        toy.Add(Long(priority: 1));
        toy.Add(Long(priority: 1));
        toy.Step();
        Sequence next = toy.Add(Long(priority: 1));
        toy.Time.Advance(TimeSpan.FromHours(1)); // waiting alone takes nobody's slot
        toy.StepUntil(() => toy.Steps == 200);
        Assert.Equal((null, 0), (next.Slot, toy.Preemptions));
    }

    [Fact]
    public void Step_wait_before_the_start_protects_a_less_urgent_one()
    {
        _options.Slots = 1;
        var toy = new ToySteps(_options);
        Sequence first = toy.Add(Long());
        toy.Step();
        Sequence patient = toy.Add(Long(priority: 1));
        toy.Time.Advance(TimeSpan.FromSeconds(15));
        toy.StepUntil(() => patient.OutputTokens > 10);
        Sequence urgent = toy.Add(Long());
        toy.StepUntil(() => toy.Steps == 400);
        Assert.Equal((null, SequenceState.Finished), (urgent.Slot, first.State));
        toy.Time.Advance(TimeSpan.FromSeconds(14));
        toy.Step();
        Assert.Null(urgent.Slot);
        toy.Time.Advance(TimeSpan.FromSeconds(2)); // now it is a level ahead of what the other was when it started
        toy.StepUntil(() => urgent.OutputTokens > 0, most: 2);
        Assert.Equal(SequenceState.Parked, patient.State);
    }

    [Fact]
    public void Step_tenant_without_a_slot_takes_one_of_the_tenant_that_is_furthest_ahead()
    {
        _options.Slots = 3;
        var toy = new ToySteps(_options);
        Sequence[] running =
        [
            toy.Add(ToySequence.New(maxTokens: 900, tenant: "heavy", weight: 4)),
            toy.Add(ToySequence.New(maxTokens: 900, tenant: "light")),
            toy.Add(ToySequence.New(prompt: 20, maxTokens: 900, tenant: "light")),
        ];
        toy.Step();
        Sequence other = toy.Add(ToySequence.New(maxTokens: 900, tenant: "other")); // level with those who run
        toy.StepUntil(() => other.Slot is not null);
        Assert.InRange(toy.Steps, 2, 4); // a slot counts 33; with one less the light tenant is ahead of the other with one as soon as it has been charged more
        Assert.Equal([SequenceState.Decoding, SequenceState.Decoding], [running[0].State, other.State]);
        Assert.Equal(SequenceState.Parked, running[1].State); // of two that are alike, the one with less to carry
        Assert.Equal(1, toy.Preemptions);
    }

    [Fact]
    public void Step_unfinished_prompt_can_be_parked_and_goes_on_where_it_was()
    {
        _options.Slots = 1;
        _options.SlotTokens = 4096;
        var toy = new ToySteps(_options);
        Sequence monster = toy.Add(ToySequence.New(prompt: 4000, tenant: "a"));
        toy.Step();
        Sequence other = toy.Add(ToySequence.New(prompt: 10, maxTokens: 2, tenant: "b"));
        toy.StepUntil(() => other.State is SequenceState.Finished);
        Assert.Equal(1, toy.Preemptions);
        int computed = monster.ComputedTokens;
        Assert.InRange(computed, 64 + 100, 64 + 100 + 128);
        toy.StepUntil(() => monster.State is SequenceState.Finished);
        Assert.Equal(0, toy.Scheduler.ParkedPages);
        Assert.Equal(4003, monster.ComputedTokens); // all but the last
    }

    [Fact]
    public void Remove_parked_gives_its_memory_back()
    {
        _options.Slots = 1;
        var toy = new ToySteps(_options);
        Sequence first = toy.Add(Long(priority: 1));
        toy.StepUntil(() => first.OutputTokens == 100);
        toy.Add(Long());
        toy.Step();
        Assert.Equal((SequenceState.Parked, 7), (first.State, toy.Scheduler.ParkedPages));
        toy.Scheduler.Remove(first);
        Assert.Equal((0, 0), (toy.Scheduler.Waiting, toy.Scheduler.ParkedPages));
    }

    private static Sequence Long(int priority = 0) => ToySequence.New(maxTokens: 300, priority: priority);
}
