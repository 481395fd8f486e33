using Granary.Deployments;
using Granary.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments.Planning;

public sealed class ExpertMovesTests
{
    private static readonly ModelSizes Model = Experts.Model(2, 6);

    [Fact]
    public void Next_ofNothing_isAskedOnlyWhenAllHaveLoaded()
    {
        var silos = Experts.Silos(3, 100);
        var (first, problem) = ExpertMoves.Next(null, Moment(silos, applied: 0));
        Assert.Null(problem);
        Assert.Empty(first.Holders);
        Assert.True(ExpertMoves.IsWhole(first.Next!, Model));

        Assert.Same(first, ExpertMoves.Next(first, Moment(silos, applied: 0)).Experts);

        var (asked, _) = ExpertMoves.Next(first, Moment(silos, applied: first.Version));
        Assert.Same(first.Next, asked.Holders);
        Assert.False(asked.IsMoving);
        Assert.Equal(first.Version + 1, asked.Version);
    }

    [Fact]
    public void Next_whenASiloJoins_loadsThere_thenAsksThere_andOnlyThenGivesUpTheOldPlaces()
    {
        var before = Settled(Experts.Silos(2, 100));
        var silos = Experts.Silos(3, 100);

        var (loading, _) = ExpertMoves.Next(before, Moment(silos, before.Version, due: true));
        Assert.Same(before.Holders, loading.Holders);
        Assert.Contains(loading.Next!, holder => holder.Silo == "s02");

        var (leaving, _) = ExpertMoves.Next(loading, Moment(silos, loading.Version));
        Assert.Same(loading.Next, leaving.Holders);
        Assert.Same(before.Holders, leaving.Previous);
        Assert.All(before.Holders, holder => Assert.Subset(leaving.HeldBy(holder.Address)[0].ToHashSet(), holder.Layers[0].ToHashSet()));

        var (settled, _) = ExpertMoves.Next(leaving, Moment(silos, leaving.Version));
        Assert.False(settled.IsMoving);
        Assert.Same(settled, ExpertMoves.Next(settled, Moment(silos, settled.Version)).Experts);
    }

    [Fact]
    public void Next_whenASiloDies_leavesItOutAtOnce_andLoadsWhatItHeldAlone()
    {
        var before = Settled(Experts.Silos(3, 100));
        var left = Experts.Silos(2, 100);

        var (repairing, _) = ExpertMoves.Next(before, Moment(left, before.Version));

        Assert.Equal(["s00", "s01"], repairing.Holders.Select(holder => holder.Silo));
        Assert.False(ExpertMoves.IsWhole(repairing.Holders, Model));
        Assert.True(ExpertMoves.IsWhole(repairing.Next!, Model));
        foreach (var holder in repairing.Holders)
        {
            var next = repairing.Next!.Single(other => other.Address == holder.Address);
            Assert.All(holder.Layers.Zip(next.Layers), layer => Assert.Subset(layer.Second.ToHashSet(), layer.First.ToHashSet()));
        }
    }

    [Fact]
    public void Next_whenASiloDiesThatWasToTakeSome_looksForOtherPlaces()
    {
        var before = Settled(Experts.Silos(2, 100));
        var (loading, _) = ExpertMoves.Next(before, Moment(Experts.Silos(3, 100), before.Version, due: true));

        var (after, _) = ExpertMoves.Next(loading, Moment(Experts.Silos(2, 100), loading.Version));

        Assert.Null(after.Next);
        Assert.True(ExpertMoves.IsWhole(after.Holders, Model));
    }

    [Fact]
    public void Next_whenASiloIsToHoldNothingMore_asksThereUntilOthersHaveLoaded()
    {
        var before = Settled(Experts.Silos(3, 100));
        var left = Experts.Silos(2, 100);
        var all = Experts.Silos(3, 100);

        var (moving, _) = ExpertMoves.Next(before, Moment(left, before.Version, there: all));
        Assert.Same(before.Holders, moving.Holders);
        Assert.DoesNotContain(moving.Next!, holder => holder.Silo == "s02");
        Assert.True(ExpertMoves.IsWhole(moving.Next!, Model));

        // Also where nobody is left to take them: rather a silo that wants to leave than none.
        var (alone, problem) = ExpertMoves.Next(before, Moment([], before.Version, there: all));
        Assert.Same(before, alone);
        Assert.NotNull(problem);
    }

    [Fact]
    public void Next_movesForBetterPlaces_onlyWhenItIsDueAndWorthIt()
    {
        var silos = Experts.Silos(3, 100);
        var before = Settled(silos);
        var skewed = new double[2][];
        Array.Fill(skewed, [.. before.Holders[0].Layers[0].Select(_ => 0.0), 0, 0, 0, 0]);
        foreach (var hot in before.Holders[0].Layers[0])
        {
            skewed[0][hot] = 100;
        }

        Assert.Same(before, ExpertMoves.Next(before, Moment(silos, before.Version, loads: skewed)).Experts);
        Assert.Same(before, ExpertMoves.Next(before, Moment(silos, before.Version, due: true)).Experts);
        var (better, _) = ExpertMoves.Next(before, Moment(silos, before.Version, due: true, loads: skewed));
        Assert.NotNull(better.Next);
        Assert.True(better.Skew < 2, $"{better.Skew}");
    }

    private static PlannedExperts Settled(ExpertSilo[] silos)
    {
        var (loading, _) = ExpertMoves.Next(null, Moment(silos, applied: 0));
        return ExpertMoves.Next(loading, Moment(silos, loading.Version)).Experts;
    }

    private static ExpertMoment Moment(ExpertSilo[] silos, int applied, bool due = false, double[][]? loads = null, ExpertSilo[]? there = null) => new(
        Experts.Demand(Model, silos, loads: loads),
        (there ?? silos).Select(silo => silo.Address).ToHashSet(StringComparer.Ordinal),
        [],
        (there ?? silos).ToDictionary(silo => silo.Address, _ => applied, StringComparer.Ordinal),
        due,
        Gain: 0.1);
}
