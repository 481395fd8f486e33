using System.Text;
using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class FairQueueTests
{
    private readonly ManualTime _time = new();
    private readonly FairQueue _queue;

    public FairQueueTests() => _queue = new FairQueue(new EngineOptions { PriorityAging = TimeSpan.FromSeconds(10), PreemptionGapTokens = 1 }, _time, slots: 16);

    [Fact]
    public void Peek_least_served_tenant_comes_first()
    {
        Sequence[] sequences = [Add(10, "a"), Add(10, "a"), Add(30, "b"), Add(10, "b"), Add(10, "b")];
        Assert.Equal([sequences[0], sequences[2], sequences[1], sequences[3], sequences[4]], Drain());
    }

    [Fact]
    public void Peek_output_counts_twice_and_weight_divides()
    {
        Sequence a = Add(10, "a", weight: 2);
        Sequence b = Add(10, "b");
        Sequence[] next = [Add(1, "a", weight: 2), Add(1, "b")];
        Start(a); // 5 of service
        Start(b); // 10
        for (int token = 0; token < 5; token++)
        {
            Assert.Same(next[0], _queue.Peek());
            _queue.ChargeToken(a); // 1
        }

        _queue.ChargeToken(a);
        Assert.Same(next[1], _queue.Peek());
    }

    [Fact]
    public void Peek_slots_count_within_the_gap()
    {
        var queue = new FairQueue(new EngineOptions { PreemptionGapTokens = 800 }, _time, slots: 8);
        Sequence[] ofA = [.. Enumerable.Range(0, 3).Select(_ => ToySequence.New(10, tenant: "a"))];
        Sequence[] ofB = [.. Enumerable.Range(0, 2).Select(_ => ToySequence.New(10, tenant: "b"))];
        Array.ForEach([.. ofA, .. ofB], queue.Enqueue);
        queue.Start(ofA[0]);
        queue.Start(ofA[1]);
        queue.Start(ofB[0]); // 200 against 100
        FairQueue.ChargeChunk(ofB[0], 10);
        for (int token = 0; token < 44; token++)
        {
            queue.ChargeToken(ofB[0]);
        }

        Assert.Same(ofB[1], queue.Peek()); // 98 of service, and 100
        queue.ChargeToken(ofB[0]);
        queue.ChargeToken(ofB[0]);
        Assert.Same(ofA[2], queue.Peek());
    }

    [Fact]
    public void ChargeChunk_computed_again_costs_nothing()
    {
        Sequence sequence = Add(10, "a");
        _queue.Start(sequence);
        FairQueue.ChargeChunk(sequence, 6);
        sequence.MarkComputed(6);
        sequence.ForgetComputed();
        FairQueue.ChargeChunk(sequence, 4);
        sequence.MarkComputed(4);
        FairQueue.ChargeChunk(sequence, 6);
        Assert.Equal(10, sequence.Scheduling.Tenant!.Service);
        sequence.MarkComputed(6);
        sequence.Take(1, new StringBuilder());
        sequence.ForgetComputed();
        FairQueue.ChargeChunk(sequence, 11); // its output was charged when it was generated
        Assert.Equal(10, sequence.Scheduling.Tenant.Service);
    }

    [Fact]
    public void Enqueue_tenant_that_was_idle_has_saved_nothing_up()
    {
        for (int i = 0; i < 100; i++)
        {
            Add(100, "busy");
        }

        Add(1, "idle");
        for (int i = 0; i < 51; i++)
        {
            Start(); // "idle" among them, which leaves
        }

        Sequence back = Add(100, "idle");
        Add(100, "idle");
        Sequence[] next = [Start(), Start(), Start(), Start()];
        Assert.Equal(2, next.Count(sequence => sequence.Tenant == "idle"));
        Assert.Contains(back, next);
    }

    [Fact]
    public void Enqueue_nobody_waits_level_is_that_of_the_tenant_served_last()
    {
        Start(Add(1000, "a"));
        Sequence b = Add(10, "b");
        Sequence a = Add(10, "a");
        Assert.Equal([b, a], Drain()); // level with it, the first to come is first
        Assert.Equal(b.Scheduling.Tenant!.Service, a.Scheduling.Tenant!.Service);
    }

    [Fact]
    public void Peek_within_a_tenant_priority_then_arrival()
    {
        Sequence[] sequences = [Add(1), Add(1, priority: 1), Add(1, priority: -1), Add(1)];
        Assert.Equal([sequences[2], sequences[0], sequences[3], sequences[1]], Drain());
    }

    [Fact]
    public void Peek_waiting_makes_up_for_priority()
    {
        Sequence old = Add(1, priority: 2);
        _time.Advance(TimeSpan.FromSeconds(19));
        Sequence before = Add(1);
        _time.Advance(TimeSpan.FromSeconds(2));
        Sequence after = Add(1);
        Assert.Equal([before, old, after], Drain());
    }

    [Fact]
    public void Requeue_goes_on_aging_from_where_it_started()
    {
        Sequence old = Add(1, priority: 1);
        _time.Advance(TimeSpan.FromSeconds(6));
        Start(old);
        _time.Advance(TimeSpan.FromHours(1)); // a run is no wait
        _queue.Requeue(old);
        Sequence fresh = Add(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        Sequence[] later = [Add(1)];
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([fresh, later[0], old, Add(1)], Drain());
    }

    [Fact]
    public void Peek_passed_over_is_left_out_until_the_next_step()
    {
        Sequence[] sequences = [Add(1), Add(1)];
        _queue.BeginPass();
        Assert.Same(sequences[0], _queue.Peek());
        _queue.PassOver();
        Assert.Same(sequences[1], _queue.Peek());
        _queue.PassOver();
        Assert.Null(_queue.Peek());
        _queue.BeginPass();
        Assert.Same(sequences[0], _queue.Peek());
    }

    [Fact]
    public void Enqueue_ten_thousand_tenants_come_and_go_few_are_remembered()
    {
        for (int i = 0; i < 10_000; i++)
        {
            Sequence sequence = Add(1 + (i % 7), $"t{i}");
            Start(sequence);
            sequence.State = SequenceState.Decoding;
            _queue.Leave(sequence);
        }

        Assert.Equal((0, 0), (_queue.Waiting, _queue.Running));
        Assert.InRange(_queue.Tenants, 1, 200);
    }

    private Sequence Add(int prompt, string tenant = "", double weight = 1, int priority = 0)
    {
        Sequence sequence = ToySequence.New(prompt, priority: priority, tenant: tenant, weight: weight);
        _queue.Enqueue(sequence);
        return sequence;
    }

    private Sequence Start()
    {
        Sequence sequence = _queue.Peek()!;
        Start(sequence);
        return sequence;
    }

    // Its whole prompt is computed in the step in which it starts.
    private void Start(Sequence sequence)
    {
        _queue.Start(sequence);
        FairQueue.ChargeChunk(sequence, sequence.PromptTokens);
    }

    private List<Sequence> Drain()
    {
        List<Sequence> all = [];
        _queue.BeginPass();
        while (_queue.Peek() is { } sequence)
        {
            Start(sequence);
            all.Add(sequence);
        }

        return all;
    }
}
