using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class SlotTableTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    [InlineData(64, 2)]
    [InlineData(1000, 2)]
    public void ClassFor_tokens_is_the_shortest_that_holds_them(int tokens, int expected) =>
        Assert.Equal(expected, Three().ClassFor(tokens));

    [Fact]
    public void FindFree_shortest_full_goes_on_to_longer_ones_within_the_range()
    {
        SlotTable slots = Three();
        Sequence sequence = ToySequence.New();
        slots.FindFree(0, 3)!.AddPrefilling(sequence, forLong: false);
        Assert.Equal(0, sequence.Slot);
        Assert.Null(slots.FindFree(0, 1));
        Assert.Same(slots.Classes[1], slots.FindFree(0, 3));
        Assert.Same(slots.Classes[0], slots.RangeOf(sequence));
        slots.Release(sequence);
        Assert.Same(slots.Classes[0], slots.FindFree(0, 1));
    }

    [Fact]
    public void Move_to_a_longer_class_takes_the_tokens_along_and_fills_the_hole()
    {
        var runner = new ToyRunner([(16, 2), (32, 2)]);
        var slots = new SlotTable(runner);
        Sequence first = Decoding(slots, runner, 3);
        Sequence second = Decoding(slots, runner, 5);
        float[] before = runner.Logits(second.Slot!.Value).ToArray();

        slots.Move(first, slots.Classes[1]);

        Assert.Equal((2, 0), (first.Slot, second.Slot));
        Assert.Equal((1, 1), (slots.Classes[0].Decoding, slots.Classes[1].Decoding));
        Assert.Equal([second, first], slots.Running());
        runner.Decode(2, [1], [3]); // throws on a token that was not copied
        runner.Decode(0, [1], [5]);
        Assert.NotEqual(before, runner.Logits(0).ToArray());
    }

    private static SlotTable Three() => new(new ToyRunner([(16, 1), (32, 1), (48, 1)]));

    private static Sequence Decoding(SlotTable slots, ToyRunner runner, int prompt)
    {
        Sequence sequence = ToySequence.New(prompt);
        SlotRange range = slots.FindFree(0, 1)!;
        range.AddPrefilling(sequence, forLong: false);
        runner.Prefill(sequence.Slot!.Value, sequence.Tokens, 0);
        sequence.MarkComputed(prompt);
        range.Promote(sequence);
        return sequence;
    }
}
