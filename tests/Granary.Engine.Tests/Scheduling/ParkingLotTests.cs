using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Scheduling;

public sealed class ParkingLotTests
{
    private const int PageTokens = 64;
    private const int PageBytes = PageTokens * sizeof(int);

    private readonly ToyRunner _runner = new(3, 256, 256);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(200, 4)]
    public void Restore_into_another_slot_gives_everything_back(int tokens, int pages)
    {
        var parking = new ParkingLot(_runner, PageTokens, 100 * PageBytes);
        Sequence sequence = Computed(tokens, slot: 0);
        float[] logits = _runner.Logits(0).ToArray();
        Assert.True(parking.TryPark(sequence));
        Assert.Equal(pages, parking.UsedPages);

        sequence.Slot = 2;
        parking.Restore(sequence);

        _runner.Prefill(2, sequence.Tokens[^1..], tokens - 1); // the last one again, over what was restored
        Assert.Equal(logits, _runner.Logits(2).ToArray());
        Assert.Equal((0, null), (parking.UsedPages, sequence.Parked));
    }

    [Fact]
    public void TryPark_beyond_the_bound_is_false_until_somebody_leaves()
    {
        var parking = new ParkingLot(_runner, PageTokens, (3 * PageBytes) + (PageBytes / 2));
        Sequence first = Computed(100, slot: 0);
        Sequence second = Computed(100, slot: 1);
        Assert.True(parking.TryPark(first));
        Assert.False(parking.TryPark(second));
        Assert.Equal((2, null), (parking.UsedPages, second.Parked));

        parking.Drop(first);
        Assert.True(parking.TryPark(second));
        parking.Drop(second);
        parking.Trim();
        Assert.True(parking.TryPark(first));
    }

    private Sequence Computed(int tokens, int slot)
    {
        Sequence sequence = ToySequence.New(tokens);
        sequence.Slot = slot;
        _runner.Prefill(slot, sequence.Tokens, 0);
        sequence.MarkComputed(tokens);
        return sequence;
    }
}
