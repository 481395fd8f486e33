using Granary.Engine.Execution;
using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

/// <summary>Who gets how much, counted over steps of the scheduler; no clock runs but the test's own.</summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(1, 1, 4096)]
    [InlineData(1, 3, 4096)]
    [InlineData(1, 3, 64)]
    [InlineData(5, 1, 64)]
    public void Step_saturated_by_two_tenants_shares_tokens_by_weight(double weightOfA, double weightOfB, long gap)
    {
        var options = new EngineOptions { Slots = 8, SlotTokens = 256, PrefillChunkTokens = 64, PreemptionGapTokens = gap };
        var toy = new ToySteps(options);
        var random = new Random(1);
        Dictionary<string, double> served = new() { ["a"] = 0, ["b"] = 0 };
        toy.Finished = sequence =>
        {
            served[sequence.Tenant] += sequence.PromptTokens + (options.OutputTokenCharge * sequence.OutputTokens);
            Submit(sequence.Tenant);
        };
        for (int i = 0; i < 20; i++)
        {
            Submit("a");
            Submit("b");
        }

        for (int step = 0; step < 20_000; step++)
        {
            toy.Step();
        }

        // The tenants' requests differ as much as can be: long prompts and short outputs, short prompts and long outputs.
        Assert.InRange(served["b"] / served["a"] / (weightOfB / weightOfA), 0.97, 1.03);

        void Submit(string tenant) => toy.Add(tenant == "a"
            ? ToySequence.New(random.Next(20, 200), random.Next(1, 10), tenant: tenant, weight: weightOfA)
            : ToySequence.New(random.Next(1, 10), random.Next(20, 200), tenant: tenant, weight: weightOfB));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Step_flooding_tenant_gives_slots_up_at_once_to_one_that_has_none(int flood)
    {
        var toy = new ToySteps(new EngineOptions { Slots = 8, SlotTokens = 8192 });
        for (int i = 0; i < flood; i++)
        {
            toy.Add(ToySequence.New(maxTokens: 8000, tenant: "flood"));
        }

        toy.StepUntil(() => toy.Steps == 10); // nobody has run for long
        Sequence[] others = [.. Enumerable.Range(0, 6).Select(_ => toy.Add(ToySequence.New(prompt: 20, maxTokens: 50, tenant: "other")))];
        toy.Step();
        Assert.Equal([1, 1, 1], others[..3].Select(other => other.OutputTokens));
        toy.StepUntil(() => toy.Steps == 50);
        Assert.Equal(4, toy.Preemptions); // half of the slots, and no more
    }

    [Fact]
    public void Step_tenant_that_fills_the_engine_pays_for_its_lead()
    {
        var options = new EngineOptions { Slots = 8, SlotTokens = 8192, PreemptionGapTokens = 800 };
        var toy = new ToySteps(options);
        for (int i = 0; i < 8; i++)
        {
            toy.Add(ToySequence.New(maxTokens: 8000, tenant: "flood"));
        }

        toy.StepUntil(() => toy.Steps == 10);
        toy.Add(ToySequence.New(prompt: 750, maxTokens: 1, tenant: "other"));
        toy.StepUntil(() => toy.Preemptions == 1 && toy.Scheduler.Waiting == 0); // the prompt is computed, and the slot is the flood's again
        Sequence next = toy.Add(ToySequence.New(maxTokens: 50, tenant: "other"));
        int arrived = toy.Steps;
        toy.StepUntil(() => next.Slot is not null);

        // 8 slots count 800. With one it would be at 850, and the flood with 7 at 700 and 16 for each step since the prompt began, which took three.
        Assert.InRange(toy.Steps - arrived, 5, 8);
    }

    [Fact]
    public void Step_long_prompt_of_one_tenant_lets_others_prompts_pass()
    {
        var toy = new ToySteps(new EngineOptions { Slots = 4, SlotTokens = 20_000, PrefillChunkTokens = 64 });
        Sequence monster = toy.Add(ToySequence.New(prompt: 10_000, tenant: "a"));
        toy.Step();
        toy.Add(ToySequence.New(prompt: 5, tenant: "a")); // behind it: the same tenant's come in order
        Sequence other = toy.Add(ToySequence.New(prompt: 70, tenant: "b"));
        toy.Step();
        Assert.Equal((64, 64), (monster.ComputedTokens, other.ComputedTokens)); // the one without a slot is first
        toy.StepUntil(() => other.OutputTokens == 1, most: 2); // 70 tokens
        Assert.InRange(monster.ComputedTokens, 64, 64 + 64 + 64);
        toy.StepUntil(() => toy.Scheduler.IsIdle);
        Assert.Equal(4, monster.OutputTokens);
    }

    [Fact]
    public void Step_urgent_arrivals_without_end_starve_nobody()
    {
        var options = new EngineOptions { Slots = 2, SlotTokens = 256, MinRunTokens = 4, PriorityAging = TimeSpan.FromSeconds(10) };
        var toy = new ToySteps(options);
        Sequence patient = toy.Add(ToySequence.New(maxTokens: 40, priority: 5));
        int? started = null;
        while (patient.State is not SequenceState.Finished)
        {
            Assert.True(toy.Steps < 2000);
            if (toy.Steps % 4 == 0)
            {
                toy.Add(ToySequence.New(maxTokens: 10)); // two slots can do one in five steps
            }

            toy.Time.Advance(TimeSpan.FromSeconds(0.1));
            toy.Step();
            started ??= patient.OutputTokens > 4 ? toy.Steps : null; // it lost the slot of the first steps
        }

        // Five levels are 50 s, 500 steps: it comes after the 125 that arrive until then, which take 625, and before all others. Its wait protects it.
        Assert.InRange(started!.Value, 600, 650);
        Assert.Equal(started.Value + 35, toy.Steps);
    }

    [Fact]
    public void Step_somebody_waits_no_slot_is_idle()
    {
        var random = new Random(3);
        var options = new EngineOptions { PrefillChunkTokens = 256, PreemptionGapTokens = 50, MinRunTokens = 2 };
        var toy = new ToySteps(options, new ToyRunner([(64, 4), (128, 4)], 256));
        for (int step = 0; step < 5000; step++)
        {
            for (int i = random.Next(step % 100 < 50 ? 3 : 1); i > 0; i--)
            {
                toy.Add(ToySequence.New(maxTokens: random.Next(1, 64), priority: random.Next(3), tenant: $"t{random.Next(5)}"));
            }

            StepPlan plan = toy.Scheduler.Schedule();
            Assert.True(toy.Scheduler.Waiting == 0 || toy.Scheduler.Running == 8, $"{toy.Scheduler.Waiting} wait, {toy.Scheduler.Running} run at step {step}");
            toy.Run(plan);
        }

        Assert.True(toy.Preemptions > 100);
        toy.StepUntil(() => toy.Scheduler.IsIdle);
        Assert.Equal(0, toy.Scheduler.ParkedPages);
    }

    [Fact]
    public void Step_two_endless_tenants_on_one_slot_trade_it_only_when_the_gap_has_turned()
    {
        var toy = new ToySteps(new EngineOptions { Slots = 1, SlotTokens = 8192, PreemptionGapTokens = 500, MinRunTokens = 16 });
        toy.Add(ToySequence.New(maxTokens: 8000, tenant: "a"));
        toy.Add(ToySequence.New(maxTokens: 8000, tenant: "b"));
        for (int step = 0; step < 5000; step++)
        {
            toy.Step();
        }

        // Each trade needs 1,000 charged tokens, 500 steps, after the first of 250.
        Assert.InRange(toy.Preemptions, 9, 10);
    }
}
