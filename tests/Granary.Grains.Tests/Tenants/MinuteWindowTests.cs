using Granary.Tenants;

namespace Granary.Grains.Tests.Tenants;

public sealed class MinuteWindowTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Sum_ofRandomChargesBelowALimit_letsNoSpanOfSixtySecondsExceedIt(int seed)
    {
        const long limit = 1000;
        var random = new Random(seed);
        var window = new MinuteWindow();
        var charges = new List<(DateTimeOffset At, long Amount)>();
        var now = Begin;
        for (var i = 0; i < 20_000; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 400));
            var amount = random.Next(1, 60);
            if (window.Sum(now) + amount > limit)
            {
                continue;
            }

            window.Charge(amount, now);
            charges.Add((now, amount));
            if (random.Next(4) == 0 && now - charges[^1].At < TimeSpan.FromSeconds(60))
            {
                // A charge of the last minute turns out smaller.
                var place = random.Next(Math.Max(0, charges.Count - 10), charges.Count);
                var unused = random.NextInt64(0, charges[place].Amount + 1);
                if (now - charges[place].At < TimeSpan.FromSeconds(60))
                {
                    window.Refund(unused, now);
                    charges[place] = (charges[place].At, charges[place].Amount - unused);
                }
            }
        }

        Assert.True(charges.Count > 1000);
        for (int first = 0, last = 0; last < charges.Count; last++)
        {
            while (charges[last].At - charges[first].At >= TimeSpan.FromSeconds(60))
            {
                first++;
            }

            Assert.InRange(charges[first..(last + 1)].Sum(charge => charge.Amount), 0, limit);
        }
    }

    [Fact]
    public void Sum_afterSixtyOneSeconds_isNothing()
    {
        var window = new MinuteWindow();
        window.Charge(5, Begin);

        Assert.Equal(5, window.Sum(Begin + TimeSpan.FromSeconds(60)));
        Assert.Equal(TimeSpan.FromSeconds(61), window.EmptyIn(Begin));
        Assert.Equal(0, window.Sum(Begin + TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void Schedule_saysWhenWhatIsFreed()
    {
        var window = new MinuteWindow();
        window.Charge(5, Begin);
        window.Charge(7, Begin + TimeSpan.FromSeconds(10));

        Assert.Equal([new FreedAmount(TimeSpan.FromSeconds(41), 5), new FreedAmount(TimeSpan.FromSeconds(51), 7)], window.Schedule(Begin + TimeSpan.FromSeconds(20)));
    }
}
