using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class SlotTableTests
{
    [Fact]
    public void Release_in_the_middle_moves_last_in()
    {
        var runner = new ToyRunner(4, 16);
        var slots = new SlotTable(runner);
        Sequence[] sequences = [Admitted(slots), Admitted(slots), Admitted(slots)];

        slots.Release(sequences[0]);

        Assert.Equal((null, 1, 0), (sequences[0].Slot, sequences[1].Slot, sequences[2].Slot));
        Assert.Equal((2, 2, 1), (slots.Decoding, slots.Held, runner.Copies));
    }

    [Fact]
    public void Promote_after_a_release_moves_in_front()
    {
        var runner = new ToyRunner(3, 16);
        var slots = new SlotTable(runner);
        Sequence first = Admitted(slots);
        Sequence second = New();
        slots.Allocate(second);
        slots.Release(first);
        slots.Promote(second);
        Assert.Equal((0, 1), (second.Slot, slots.Decoding));
        Assert.True(slots.CanAllocate);
    }

    [Fact]
    public void CanAllocate_all_held_is_false()
    {
        var slots = new SlotTable(new ToyRunner(1, 16));
        Sequence sequence = Admitted(slots);
        Assert.False(slots.CanAllocate);
        slots.Release(sequence);
        Assert.True(slots.CanAllocate);
    }

    internal static Sequence New(int prompt = 1, int maxTokens = 4) => new(
        "r", new int[prompt], maxTokens, SamplingResolver.Resolve(new(), new()), new OutputText(new ToyTokenizer().CreateStreamDecoder(), []), new OutputStream());

    private static Sequence Admitted(SlotTable slots)
    {
        Sequence sequence = New();
        slots.Allocate(sequence);
        slots.Promote(sequence);
        return sequence;
    }
}
