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
        Assert.Equal((2, 2, 1), (slots.Decoding, slots.Running, runner.Copies));
    }

    [Fact]
    public void Release_decoding_lets_the_prefilling_ones_close_up()
    {
        SlotRange slots = New(new ToyRunner(4, 16));
        Sequence first = Decoding(slots);
        Sequence[] prefilling = [Prefilling(slots), Prefilling(slots)];

        slots.Release(first);

        Assert.Equal((0, 1), (prefilling[0].Slot, prefilling[1].Slot));
        slots.Promote(prefilling[0]);
        slots.Promote(prefilling[1]);
        Assert.Equal(2, slots.Decoding);
    }

    [Fact]
    public void Release_prefilling_keeps_the_order_of_the_others()
    {
        SlotRange slots = New(new ToyRunner(4, 16));
        Sequence[] prefilling = [Prefilling(slots), Prefilling(slots), Prefilling(slots)];
        slots.Release(prefilling[0]);
        Assert.Equal((0, 1), (prefilling[1].Slot, prefilling[2].Slot));
    }

    [Fact]
    public void AddDecoding_beside_prefilling_moves_them_back()
    {
        SlotRange slots = New(new ToyRunner(4, 16));
        Sequence first = Decoding(slots);
        Sequence prefilling = Prefilling(slots);
        Sequence second = ToySequence.New();
        slots.AddDecoding(second);
        Assert.Equal((0, 1, 2, 2), (first.Slot, second.Slot, prefilling.Slot, slots.Decoding));
    }

    [Fact]
    public void TryKeep_of_a_sequence_among_others_moves_behind_them()
    {
        SlotRange slots = New(new ToyRunner(4, 16));
        Sequence first = Decoding(slots);
        Sequence second = Decoding(slots);
        Sequence third = Prefilling(slots);
        var kept = new Kept();

        Assert.True(slots.TryKeep(first, kept));

        Assert.Equal((null, 0, 1, 3), (first.Slot, second.Slot, third.Slot, kept.Slot));
        Assert.True(slots.HasFree);
        slots.Release(kept);
        Assert.Equal((null, 2), (kept.Slot, slots.Running));
    }

    [Fact]
    public void TryKeep_without_room_keeps_only_the_last_one()
    {
        SlotRange slots = New(new ToyRunner(2, 16));
        Sequence first = Decoding(slots);
        Sequence second = Decoding(slots);
        var kept = new Kept();
        Assert.False(slots.TryKeep(first, kept));
        Assert.Equal((0, 1, null), (first.Slot, second.Slot, kept.Slot));
        Assert.True(slots.TryKeep(second, kept));
        Assert.Equal((0, 1, 1), (first.Slot, kept.Slot, slots.Decoding));
        Assert.False(slots.HasFree);
    }

    [Fact]
    public void AddPrefilling_where_something_is_kept_moves_it_away()
    {
        var runner = new ToyRunner(3, 16);
        SlotRange slots = New(runner);
        var kept = new Kept();
        Sequence first = Decoding(slots);
        Assert.True(slots.TryKeep(first, kept));
        Assert.Equal(0, kept.Slot);

        Sequence second = Decoding(slots);

        Assert.Equal((0, 2), (second.Slot, kept.Slot));
        Assert.Equal(1, runner.Copies);
    }

    private static SlotRange New(ToyRunner runner) => new(runner, runner.Classes[0]);

    private static Sequence Prefilling(SlotRange slots)
    {
        Sequence sequence = ToySequence.New();
        slots.AddPrefilling(sequence);
        return sequence;
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
