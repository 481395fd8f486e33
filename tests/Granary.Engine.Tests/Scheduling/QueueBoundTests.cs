using Granary.Engine.Scheduling;

namespace Granary.Engine.Tests.Scheduling;

public sealed class QueueBoundTests
{
    private readonly QueueBound _bound = new(limit: 8);

    [Fact]
    public void TryEnter_alone_a_tenant_fills_everything()
    {
        Assert.All(Enumerable.Range(0, 8), _ => Assert.Equal(Entry.Free, _bound.TryEnter("a", 1)));
        Assert.Equal(Entry.Refused, _bound.TryEnter("a", 1));
        _bound.Leave("a");
        Assert.Equal(Entry.Free, _bound.TryEnter("a", 1));
    }

    [Fact]
    public void TryEnter_full_lets_others_in_up_to_their_share_by_weight()
    {
        Fill("a", 8);
        Assert.All(Enumerable.Range(0, 6), _ => Assert.Equal(Entry.Displacing, _bound.TryEnter("b", 3))); // 8 × 3 / 4
        Assert.Equal(Entry.Refused, _bound.TryEnter("b", 3));
        Assert.Equal(Entry.Displacing, _bound.TryEnter("c", 1)); // 8 × 1 / 5
        Assert.Equal(Entry.Refused, _bound.TryEnter("c", 1));
    }

    [Fact]
    public void TryEnter_never_more_than_twice_the_limit()
    {
        for (int tenant = 0; tenant < 100; tenant++)
        {
            Fill($"t{tenant}", 8);
        }

        Assert.Equal(16, _bound.InFlight);
    }

    [Fact]
    public void Return_needs_no_room()
    {
        Fill("a", 8);
        _bound.Return("a", 1);
        Assert.Equal(9, _bound.InFlight);
    }

    private void Fill(string tenant, int requests)
    {
        for (int request = 0; request < requests; request++)
        {
            _bound.TryEnter(tenant, 1);
        }
    }
}
