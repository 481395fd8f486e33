using Granary.Clustering;

namespace Granary.Grains.Tests.Clustering;

public sealed class ConversationTotalTests
{
    private readonly ConversationTotal _total = new();

    [Fact]
    public void Next_look_that_missed_what_moved_goes_by_the_one_before()
    {
        Assert.Equal(150, _total.Next(150));
        Assert.Equal(150, _total.Next(120));
    }

    [Fact]
    public void Next_look_that_saw_twice_what_moved_is_forgotten()
    {
        _total.Next(150);
        _total.Next(166);
        _total.Next(150);

        Assert.Equal(150, _total.Next(150));
    }

    [Fact]
    public void Reset_forgets_what_was_counted()
    {
        _total.Next(150);
        _total.Reset();

        Assert.Equal(40, _total.Next(40));
    }
}
