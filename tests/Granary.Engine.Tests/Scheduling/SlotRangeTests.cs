using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class SlotRangeTests
{
    [Fact]
    public void Release_in_the_middle_moves_last_in()
    {
        var runner = new ToyRunner(4, 16);
        SlotRange slots = New(runner);
        Sequence[] sequences = [Decoding(slots), Decoding(slots), Decoding(slots)];

        slots.Release(sequences[0]);

        Assert.Equal((null, 1, 0), (sequences[0].Slot, sequences[1].Slot, sequences[2].Slot));
        Assert.Equal((2, 1), (slots.Decoding, runner.Copies));
        Assert.Null(slots[2]);
    }

    [Fact]
    public void Promote_lies_in_front_copies_nothing()
    {
        var runner = new ToyRunner(4, 16);
        SlotRange slots = New(runner);
        Decoding(slots);
        Sequence[] prefilling = [Prefilling(slots), Prefilling(slots)];
        slots.Promote(prefilling[0]);
        slots.Promote(prefilling[1]);
        Assert.Equal((3, 0), (slots.Decoding, runner.Copies));
    }

    [Fact]
    public void Promote_long_prompt_moves_to_the_front_once()
    {
        var runner = new ToyRunner(4, 16);
        SlotRange slots = New(runner);
        Sequence first = Decoding(slots);
        Sequence prefilling = Prefilling(slots, forLong: true);
        Sequence second = Decoding(slots);
        Assert.Equal((0, 1, 3), (first.Slot, second.Slot, prefilling.Slot));
        slots.Release(first);
        slots.Promote(prefilling);
        Assert.Equal((0, 1), (second.Slot, prefilling.Slot));
        Assert.Equal((2, 2), (slots.Decoding, runner.Copies));
    }

    [Fact]
    public void Promote_full_class_exchanges_with_who_is_in_the_way()
    {
        var runner = new ToyRunner(2, 128);
        SlotRange slots = New(runner);
        Sequence behind = Prefilling(slots, forLong: true, tokens: 100);
        Sequence before = Prefilling(slots, tokens: 3);
        float[][] logits = [Prefill(runner, behind), Prefill(runner, before)];

        slots.Promote(behind);

        Assert.Equal((0, 1, 1), (behind.Slot, before.Slot, slots.Decoding));
        Assert.False(slots.HasFree);
        runner.Prefill(0, behind.Tokens[^1..], 99); // the same again, over what was exchanged
        runner.Prefill(1, before.Tokens[^1..], 2);
        Assert.Equal(logits[0], runner.Logits(0).ToArray());
        Assert.Equal(logits[1], runner.Logits(1).ToArray());
    }

    [Fact]
    public void AddDecoding_beside_prefilling_moves_it_back()
    {
        SlotRange slots = New(new ToyRunner(4, 16));
        Sequence first = Decoding(slots);
        Sequence prefilling = Prefilling(slots);
        Sequence second = ToySequence.New();
        slots.AddDecoding(second);
        Assert.Equal((0, 1, 3, 2), (first.Slot, second.Slot, prefilling.Slot, slots.Decoding));
    }

    [Fact]
    public void Keep_of_a_decoding_sequence_moves_behind_the_others()
    {
        SlotRange slots = New(new ToyRunner(4, 16));
        Sequence first = Decoding(slots);
        Sequence second = Decoding(slots);
        var kept = new Kept();

        slots.Keep(first, kept);

        Assert.Equal((null, 0, 3, 1), (first.Slot, second.Slot, kept.Slot, slots.Decoding));
        Assert.Same(kept, slots[3]);
        slots.Release(kept);
        Assert.Null(kept.Slot);
        Assert.Null(slots[3]);
    }

    [Fact]
    public void Keep_last_decoding_sequence_stays_where_it_is()
    {
        var runner = new ToyRunner(2, 16);
        SlotRange slots = New(runner);
        Sequence first = Decoding(slots);
        Sequence second = Decoding(slots);
        var kept = new Kept();
        slots.Keep(second, kept);
        Assert.Equal((0, 1, 1, 0), (first.Slot, kept.Slot, slots.Decoding, runner.Copies));
        Assert.False(slots.HasFree);
    }

    [Fact]
    public void AddPrefilling_beside_what_is_kept_leaves_it_until_its_place_is_needed()
    {
        var runner = new ToyRunner(3, 16);
        SlotRange slots = New(runner);
        var kept = new Kept();
        Sequence first = Decoding(slots);
        slots.Keep(first, kept);
        Sequence second = Prefilling(slots);
        Assert.Equal((0, 1, 0), (kept.Slot, second.Slot, runner.Copies));

        slots.Promote(second);

        Assert.Equal((2, 0), (kept.Slot, second.Slot));
    }

    private static SlotRange New(ToyRunner runner) => new(runner, runner.Classes[0]);

    private static Sequence Prefilling(SlotRange slots, bool forLong = false, int tokens = 1)
    {
        Sequence sequence = ToySequence.New(tokens);
        slots.AddPrefilling(sequence, forLong);
        return sequence;
    }

    private static float[] Prefill(ToyRunner runner, Sequence sequence)
    {
        int slot = sequence.Slot!.Value;
        for (int from = 0; from < sequence.PromptTokens; from += runner.MaxChunkTokens)
        {
            runner.Prefill(slot, sequence.Tokens[from..Math.Min(from + runner.MaxChunkTokens, sequence.PromptTokens)], from);
        }

        sequence.MarkComputed(sequence.PromptTokens);
        return runner.Logits(slot).ToArray();
    }

    private static Sequence Decoding(SlotRange slots)
    {
        Sequence sequence = Prefilling(slots);
        slots.Promote(sequence);
        return sequence;
    }

    private sealed class Kept : ISlotHolder
    {
        public int? Slot { get; set; }

        public int ComputedTokens => 1;
    }
}
