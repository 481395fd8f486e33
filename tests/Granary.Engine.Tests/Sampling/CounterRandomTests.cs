using Granary.Engine.Sampling;

namespace Granary.Engine.Tests.Sampling;

public sealed class CounterRandomTests
{
    // Known answers published with Random123 (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_known_counter_and_key_known_answer(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), CounterRandom.Philox(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void NextUnit_many_positions_and_seeds_uniform()
    {
        int[] bySeed = new int[16];
        int[] byPosition = new int[16];
        for (int i = 0; i < 16_000; i++)
        {
            byPosition[(int)(CounterRandom.NextUnit(7, i) * 16)]++;
            bySeed[(int)(CounterRandom.NextUnit(i, 7) * 16)]++;
        }

        Assert.True(ChiSquare.Statistic(byPosition, _ => 1000) < ChiSquare.Limit(15));
        Assert.True(ChiSquare.Statistic(bySeed, _ => 1000) < ChiSquare.Limit(15));
    }

    [Fact]
    public void NextUnit_different_seed_or_position_differs()
    {
        double[] draws = [CounterRandom.NextUnit(1, 1), CounterRandom.NextUnit(1, 2), CounterRandom.NextUnit(2, 1), CounterRandom.NextUnit(1L << 40, 1), CounterRandom.NextUnit(1, 1L << 40)];
        Assert.Equal(draws.Length, draws.Distinct().Count());
    }
}
