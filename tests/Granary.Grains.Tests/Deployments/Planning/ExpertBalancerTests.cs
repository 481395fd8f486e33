using System.Diagnostics;
using Granary.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments.Planning;

public sealed class ExpertBalancerTests
{
    [Fact]
    public void Balance_equalLoads_dealsOutEvenly_andLeavesLayersWithoutExpertsEmpty()
    {
        var layout = ExpertBalancer.Balance(Experts.Demand(Experts.Model(3, 8, without: 1), Experts.Silos(4, 100)));

        Assert.Null(layout.Problem);
        Assert.Equal(1, layout.Skew, 6);
        Assert.All(layout.Silos.Values, held => Assert.Equal([2, 0, 2], held.Select(experts => experts.Length)));
    }

    [Theory]
    [InlineData(3, 2, 0, 1.05)]
    [InlineData(3, 1, 16, 1.05)]
    [InlineData(8, 1, 32, 1.05)]
    [InlineData(16, 1, 32, 1.05)]
    public void Balance_skewedLoads_isNearlyEven_whereRoundRobinIsNot(int silos, int copies, int redundant, double bound)
    {
        var model = Experts.Model(12, 128);
        var demand = Experts.Demand(model, Experts.Silos(silos, 10_000), copies, redundant, Experts.Zipf(12, 128, 1));
        var dealt = ExpertBalancer.Repair(demand with { Copies = 1, Redundant = 0, Current = Experts.RoundRobin(model, [.. demand.Silos]).Silos }).Skew;

        var layout = ExpertBalancer.Balance(demand);

        Assert.InRange(layout.Skew, 1, bound);
        Assert.True(dealt > 1.2 && layout.Skew - 1 < (dealt - 1) / 4, $"round robin {dealt}, balanced {layout.Skew}");
        Assert.Equal(12 * ((128 * copies) + redundant), Experts.Count(layout));
    }

    [Fact]
    public void Balance_hotExpert_hasCopies_whoseLoadTheyShare()
    {
        double[] loads = [60, 10, 10, 10, 10, 10, 10]; // two copies of 30, two others each

        var layout = ExpertBalancer.Balance(Experts.Demand(Experts.Model(1, 7), Experts.Silos(4, 100), redundant: 1, loads: [loads]));

        Assert.Equal(2, Experts.Of(layout, 0, 0).Length);
        Assert.Equal(1, layout.Skew, 6);
    }

    [Fact]
    public void Balance_fastSilo_getsMore()
    {
        var layout = ExpertBalancer.Balance(Experts.Demand(Experts.Model(1, 80), [Experts.Silo("fast", 100, speed: 3), Experts.Silo("slow", 100)]));

        Assert.Equal((60, 20), (layout.Silos["@fast"][0].Length, layout.Silos["@slow"][0].Length));
        Assert.Equal(1, layout.Skew, 6);
    }

    [Fact]
    public void Balance_twoCopies_areInDifferentZones()
    {
        var layout = ExpertBalancer.Balance(Experts.Demand(Experts.Model(2, 32), Experts.Silos(6, 100, zones: 3), copies: 2, loads: Experts.Zipf(2, 32, 1)));

        for (var expert = 0; expert < 64; expert++)
        {
            Assert.Equal(2, Experts.Of(layout, expert / 32, expert % 32).Select(name => int.Parse(name[1..]) % 3).Distinct().Count());
        }
    }

    [Fact]
    public void Balance_moreCopiesThanSilos_putsOneOnEach()
    {
        var layout = ExpertBalancer.Balance(Experts.Demand(Experts.Model(1, 8), Experts.Silos(2, 100), copies: 3, redundant: 5));

        Assert.Null(layout.Problem);
        Assert.All(layout.Silos.Values, held => Assert.Equal(Enumerable.Range(0, 8), held[0]));
    }

    [Fact]
    public void Balance_withRoomForExactlyThis_findsIt()
    {
        var silos = Experts.Silos(3, 32); // 2 layers, 16 experts, 3 copies: each silo is full of all of them
        var three = ExpertBalancer.Balance(Experts.Demand(Experts.Model(2, 16), silos, copies: 3, loads: Experts.Zipf(2, 16, 1)));
        var tight = ExpertBalancer.Balance(Experts.Demand(Experts.Model(2, 16), [.. silos[..2], Experts.Silo("small", 3)], copies: 2, redundant: 1, loads: Experts.Zipf(2, 16, 1)));

        Assert.Null(three.Problem);
        Assert.Null(tight.Problem);
        Assert.Equal(66, Experts.Count(tight));
    }

    [Fact]
    public void Balance_again_movesNothing()
    {
        var demand = Experts.Demand(Experts.Model(4, 64), Experts.Silos(5, 1000, zones: 2), copies: 2, redundant: 9, loads: Experts.Zipf(4, 64, 1));
        var before = ExpertBalancer.Balance(demand);

        Assert.Equal(0, Experts.Moved(before, ExpertBalancer.Balance(demand with { Current = before.Silos })));
    }

    [Fact]
    public void Balance_siloJoins_getsItsShare_andLittleElseMoves()
    {
        var (model, loads) = (Experts.Model(4, 64), Experts.Zipf(4, 64, 0.8));
        var before = ExpertBalancer.Balance(Experts.Demand(model, Experts.Silos(3, 1000), redundant: 12, loads: loads));

        var after = ExpertBalancer.Balance(Experts.Demand(model, Experts.Silos(4, 1000), redundant: 12, loads: loads, current: before));

        var joined = after.Silos["@s03"].Sum(experts => experts.Length);
        Assert.InRange(after.Skew, 1, 1.05);
        Assert.InRange(joined, 30, 120); // a quarter of 304 copies is 76; heavy ones are few
        Assert.InRange(Experts.Moved(before, after), joined, joined + 40);
    }

    [Fact]
    public void Balance_loadsChange_movesWhatTheChangeNeeds()
    {
        var loads = Experts.Zipf(1, 128, 1);
        var demand = Experts.Demand(Experts.Model(1, 128), Experts.Silos(8, 1000), redundant: 16, loads: loads);
        var before = ExpertBalancer.Balance(demand);
        var random = new Random(3);

        var after = ExpertBalancer.Balance(demand with { Loads = [[.. loads[0].Select(load => load * (0.9 + (random.NextDouble() * 0.2)))]], Current = before.Silos });

        Assert.InRange(after.Skew, 1, 1.05);
        Assert.InRange(Experts.Moved(before, after), 0, 20);
    }

    [Fact]
    public void Repair_deadSilo_replacesWhatItHeld_andMovesNothingElse()
    {
        var demand = Experts.Demand(Experts.Model(3, 32), Experts.Silos(4, 200, zones: 2), copies: 2, redundant: 4, loads: Experts.Zipf(3, 32, 1));
        var before = ExpertBalancer.Balance(demand);
        var alive = Experts.Demand(demand.Sizes, Experts.Silos(4, 200, zones: 2)[..3], 2, 4, demand.Loads, before);

        var after = ExpertBalancer.Repair(alive);

        Assert.Null(after.Problem);
        Assert.Equal(3, after.Silos.Count);
        Assert.All(after.Silos, silo => Assert.All(silo.Value.Index(), layer => Assert.Empty(before.Silos[silo.Key][layer.Index].Except(layer.Item))));
        Assert.Equal(Experts.Count(before), Experts.Count(after));
        Assert.Equal(before.Silos["@s03"].Sum(experts => experts.Length), Experts.Moved(before, after));
    }

    [Fact]
    public void Repair_nothingLost_isWhatThereIs()
    {
        var model = Experts.Model(2, 16);
        var dealt = Experts.RoundRobin(model, Experts.Silos(3, 100));

        var layout = ExpertBalancer.Repair(Experts.Demand(model, Experts.Silos(3, 100), loads: Experts.Zipf(2, 16, 1.2), current: dealt));

        Assert.Equal(0, Experts.Moved(dealt, layout) + Experts.Moved(layout, dealt));
        Assert.True(layout.Skew > 1.2);
    }

    [Theory]
    [InlineData(1, 0, 10, "2 experts have no place: 1 copy of 16 experts in 2 layers take 32.0 MiB, each copy on a silo of its own, and there is 10.0 MiB on s00, 10.0 MiB on s01, 10.0 MiB on s02; 2.0 MiB more (Granary:Deployments:MemoryBytes) or another silo would make room")]
    [InlineData(2, 0, 20, "2 copies of 16 experts in 2 layers take 64.0 MiB, each copy on a silo of its own, and there is 20.0 MiB on s00, 20.0 MiB on s01, 20.0 MiB on s02; --expert-replicas 1 would fit; 4.0 MiB more (Granary:Deployments:MemoryBytes) or another silo would make room")]
    [InlineData(1, 8, 14, "1 copy of 16 experts, and 8 further ones, in 2 layers take 48.0 MiB, each copy on a silo of its own, and there is 14.0 MiB on s00, 14.0 MiB on s01, 14.0 MiB on s02; --redundant-experts 5 would fit; 6.0 MiB more (Granary:Deployments:MemoryBytes) or another silo would make room")]
    public void Balance_tooLittleMemory_saysWhatIsMissing_andPlacesWhatHasRoom(int copies, int redundant, long mebibytes, string problem)
    {
        var layout = ExpertBalancer.Balance(Experts.Demand(Experts.Model(2, 16), Experts.Silos(3, mebibytes), copies, redundant));

        Assert.Equal(problem, layout.Problem);
        Assert.InRange(Experts.Count(layout), (3 * mebibytes) - 2, 3 * mebibytes);
    }

    [Fact]
    public void Balance_noSilo_saysSo()
    {
        var demand = Experts.Demand(Experts.Model(1, 4), []);

        Assert.Contains("no silo", ExpertBalancer.Balance(demand).Problem, StringComparison.Ordinal);
        Assert.Contains("no silo", ExpertBalancer.Repair(demand).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Balance_randomDemands_holdTheInvariants()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (layers, experts, count, zones) = (random.Next(1, 4), random.Next(2, 40), random.Next(1, 9), random.Next(1, 4));
            var silos = Enumerable.Range(0, count).Select(i => Experts.Silo($"s{i}", random.Next(0, 120), $"az-{random.Next(zones)}", 0.5 + random.NextDouble())).ToArray();
            var demand = Experts.Demand(Experts.Model(layers, experts), silos, random.Next(1, 4), random.Next(0, 20), Experts.Zipf(layers, experts, random.NextDouble() * 2, seed));
            var first = ExpertBalancer.Balance(demand);
            Check(demand, first);

            var loads = Experts.Zipf(layers, experts, random.NextDouble() * 2, seed + 1);
            var left = Experts.Demand(demand.Sizes, silos[..random.Next(1, count + 1)], demand.Copies, demand.Redundant, loads, first);
            Check(left, ExpertBalancer.Balance(left));
            var repaired = ExpertBalancer.Repair(left);
            Check(left, repaired);
            Assert.All(repaired.Silos, silo => Assert.All(silo.Value.Index(), layer => Assert.Empty(first.Silos[silo.Key][layer.Index].Except(layer.Item))));
        }
    }

    [Fact]
    public void Balance_largeModel_isQuick()
    {
        var demand = Experts.Demand(Experts.Model(61, 256), Experts.Silos(64, 1000, zones: 3), copies: 1, redundant: 64, loads: Experts.Zipf(61, 256, 1));
        var first = ExpertBalancer.Balance(demand);
        var began = Stopwatch.GetTimestamp();

        var layout = ExpertBalancer.Balance(demand with { Loads = Experts.Zipf(61, 256, 1, seed: 2), Current = first.Silos });

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5)); // 0.3 s on a machine that does nothing else
        Assert.InRange(layout.Skew, 1, 1.1);
    }

    private static void Check(ExpertDemand demand, ExpertLayout layout)
    {
        Assert.Equal(demand.Silos.Select(silo => silo.Address).Order(), layout.Silos.Keys.Order());
        Assert.All(demand.Silos, silo => Assert.True(layout.Silos[silo.Address].Sum(experts => experts.Length) * Plans.Mebibyte <= silo.FreeBytes));
        Assert.All(layout.Silos.Values, held => Assert.All(held, experts => Assert.Equal(experts.Distinct().Order(), experts))); // no expert twice on a silo
        var (copies, all) = (Math.Min(demand.Copies, demand.Silos.Count), demand.Sizes.Experts * demand.Silos.Count);
        if (layout.Problem is null)
        {
            for (var layer = 0; layer < demand.Sizes.Layers; layer++)
            {
                Assert.All(Enumerable.Range(0, demand.Sizes.Experts), expert => Assert.True(Experts.Of(layout, layer, expert).Length >= copies));
                Assert.True(layout.Silos.Values.Sum(held => held[layer].Length) >= Math.Min((demand.Sizes.Experts * copies) + demand.Redundant, all));
            }
        }
        else if (demand.Silos.Sum(silo => Math.Min(silo.FreeBytes / Plans.Mebibyte, demand.Sizes.Experts)) >= demand.Sizes.Experts * demand.Sizes.Layers && demand.Current.Count == 0)
        {
            Assert.DoesNotContain("have no place", layout.Problem, StringComparison.Ordinal);
        }
    }
}
