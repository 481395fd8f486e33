using Granary.Engine.Kv;

namespace Granary.Engine.Tests.Kv;

public sealed class HostTierTests
{
    [Fact]
    public void TryReserve_full_gives_up_the_least_recently_used()
    {
        using var tier = new HostTier(3 * 8, 8);
        Put(tier, 1);
        Put(tier, 2);
        Put(tier, 3);
        Assert.True(tier.TryUse(new(1), 0, out _, out _));
        Put(tier, 4);
        Assert.Equal([true, false, true, true], Enumerable.Range(1, 4).Select(i => tier.Contains(new((UInt128)i))));
    }

    [Fact]
    public void TryReserve_pinned_block_stays_and_when_all_are_pinned_there_is_no_room()
    {
        using var tier = new HostTier(2 * 8, 8);
        int first = Put(tier, 1);
        tier.Pin(first);
        Put(tier, 2);
        int third = Put(tier, 3);
        Assert.True(tier.Contains(new(1)));
        Assert.False(tier.Contains(new(2)));
        tier.Pin(third);
        Assert.False(tier.TryReserve(new(4), 0, out _));
        tier.Unpin(first);
        Assert.True(tier.TryReserve(new(4), 0, out int place));
        Assert.Equal(first, place);
    }

    [Fact]
    public void TryUse_block_that_is_being_filled_is_not_found_until_it_is_published()
    {
        using var tier = new HostTier(64, 8);
        Assert.True(tier.TryReserve(new(1), 0, out int place));
        Assert.True(tier.IsFilling(new(1)));
        Assert.False(tier.TryUse(new(1), 0, out _, out _));
        tier.Publish(place);
        Assert.True(tier.TryUse(new(1), 0, out _, out _));
        Assert.True(tier.TryReserve(new(2), 0, out place));
        tier.Discard(place);
        Assert.False(tier.Contains(new(2)) || tier.IsFilling(new(2)));
        Assert.Equal(1, tier.Count);
    }

    [Fact]
    public void Evicted_tells_when_the_block_came_and_was_last_used()
    {
        using var tier = new HostTier(8, 8);
        List<(long, long)> evicted = [];
        tier.Evicted = (created, used) => evicted.Add((created, used));
        Put(tier, 1, now: 5);
        tier.TryUse(new(1), 7, out _, out long before);
        Put(tier, 2, now: 9);
        Assert.Equal(5, before);
        Assert.Equal([(5, 7)], evicted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Tier_10000_random_calls_equal_a_slow_cache(int capacity)
    {
        var random = new Random(capacity);
        using var tier = new HostTier(capacity * 8L, 8);
        List<int> slow = []; // least recently used first
        for (int call = 0; call < 10_000; call++)
        {
            int key = random.Next(2 * capacity);
            bool found = tier.TryUse(new((UInt128)key), call, out int place, out _);
            Assert.Equal(slow.Remove(key), found);
            if (!found)
            {
                place = Put(tier, key);
                if (slow.Count == capacity)
                {
                    slow.RemoveAt(0);
                }
            }

            slow.Add(key);
            Assert.Equal(key, BitConverter.ToInt64(tier.Data(place)));
            Assert.Equal(slow.Count, tier.Count);
        }
    }

    private static int Put(HostTier tier, long key, long now = 0)
    {
        Assert.True(tier.TryReserve(new((UInt128)key), now, out int place));
        BitConverter.TryWriteBytes(tier.Data(place), key);
        tier.Publish(place);
        return place;
    }
}
