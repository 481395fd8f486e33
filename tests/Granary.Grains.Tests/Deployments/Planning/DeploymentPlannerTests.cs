using Granary.Deployments;
using Granary.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments.Planning;

public sealed class DeploymentPlannerTests
{
    [Theory]
    [InlineData(1, 1, "a")]
    [InlineData(3, 1, "a|b|c")]
    [InlineData(1, 2, "a b")]
    [InlineData(1, 3, "a b c")]
    [InlineData(1, 4, "a b c a")] // fewer silos than stages
    [InlineData(3, 2, "a b|c b|b a")] // several shards share a silo, every head has one of its own
    public void Plan_threeZones_spreadsReplicasOverZonesAndStagesOverSilos(int replicas, int stages, string places)
    {
        var plan = Plans.Of(Plans.Model(layers: 8), new DeploymentWish { Replicas = replicas, Stages = stages }, Plans.ThreeZones(200));

        Assert.Equal(places, Plans.Places(plan));
        Assert.True(plan.IsWhole);
        Assert.All(plan.Replicas, replica => Assert.Equal(8, replica.Stages.Sum(stage => stage.Layers)));
    }

    [Fact]
    public void Plan_stages_stayInTheHeadsZoneThenGoToTheNearest()
    {
        var plan = Plans.Of(Plans.Model(8), new DeploymentWish { Stages = 3 },
        [
            Plans.Silo("a1", "az-a", 100), Plans.Silo("b1", "az-b", 90, 1, ("a2", 5)), Plans.Silo("c1", "az-c", 90, 1, ("a2", 1)), Plans.Silo("a2", "az-a", 80, 1, ("a1", 9)),
        ]);

        Assert.Equal("a1 a2 c1", Plans.Places(plan));
        Assert.Contains("same zone as the head", plan.Replicas[0].Stages[1].Reason, StringComparison.Ordinal);
        Assert.Contains("1.00 ms from stage 1", plan.Replicas[0].Stages[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_unequalSpeeds_givesTheFastSiloMoreLayers()
    {
        var plan = Plans.Of(Plans.Model(9), new DeploymentWish { Stages = 2 }, [Plans.Silo("fast", "z", 200, speed: 3), Plans.Silo("slow", "z", 150)]);

        Assert.Equal([7, 2], plan.Replicas[0].Stages.Select(stage => stage.Layers)); // 80 MiB at 3, 20 MiB at 1
    }

    [Fact]
    public void Plan_unequalSpeedsWithoutRoom_keepsTheEvenCut()
    {
        var plan = Plans.Of(Plans.Model(9), new DeploymentWish { Stages = 2 }, [Plans.Silo("fast", "z", 60, speed: 3), Plans.Silo("slow", "z", 55)]);

        Assert.Equal([4, 5], plan.Replicas[0].Stages.Select(stage => stage.Layers));
    }

    [Fact]
    public void Plan_ofAModelThatCannotBeCut_hasNoStages_andProposesNone()
    {
        var whole = Plans.Model(8) with { CanBeCut = false };

        Assert.Equal([DeploymentPlanner.CannotBeCut], Plans.Of(whole, new DeploymentWish { Stages = 2 }, Plans.ThreeZones(200)).Problems);
        Assert.DoesNotContain("--stages", Assert.Single(Plans.Of(whole, new DeploymentWish(), Plans.ThreeZones(45)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_tooLargeForOneSilo_saysHowManyStagesWouldFit()
    {
        var plan = Plans.Of(Plans.Model(8), new DeploymentWish(), Plans.ThreeZones(45));

        Assert.Empty(plan.Replicas);
        Assert.Equal(["replica 0: its largest stage takes 90.0 MiB of weights and KV cache, and the most that is free is 45.0 MiB on a; --stages 3 would fit"], plan.Problems);
    }

    [Fact]
    public void Plan_tooLargeForAll_saysWhatIsMissing()
    {
        var plan = Plans.Of(Plans.Model(8), new DeploymentWish { Stages = 8 }, [Plans.Silo("a", "az-a", 25)]);

        Assert.Contains("would make room", Assert.Single(plan.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 1, "", "each of the 3 silos has a replica already; add a silo, or ask for 3 replicas")]
    [InlineData(2, 1, "az-b", "b, the only silo in az-b, has a replica already; add a silo, or ask for 1 replica")]
    [InlineData(1, 1, "az-x", "no silo in az-x takes work")]
    [InlineData(1, 9, "", "9 stages of 8 layers")]
    public void Plan_impossibleWish_isExplained(int replicas, int stages, string zones, string reason)
    {
        var plan = Plans.Of(Plans.Model(8), new DeploymentWish { Replicas = replicas, Stages = stages, Zones = zones.Length == 0 ? [] : [zones] }, Plans.ThreeZones(200));

        Assert.Contains(reason, Assert.Single(plan.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_configuredSilos_countAsReplicas()
    {
        var silos = Plans.ThreeZones(200);
        silos[0] = silos[0] with { IsConfigured = true };

        var plan = Plans.Of(Plans.Model(8), new DeploymentWish { Replicas = 2 }, silos);

        Assert.Equal(["a"], plan.Configured);
        Assert.Equal("b", Plans.Places(plan));
    }

    [Theory]
    [InlineData(1, 2, "add a silo")] // stages beside what is configured
    [InlineData(4, 1, "add a silo, or ask for 3 replicas")]
    public void Plan_everySiloIsConfigured_proposesNoMoreThanThereIsRoomFor(int replicas, int stages, string remedy)
    {
        SiloCapacity[] silos = [.. Plans.ThreeZones(200).Select(silo => silo with { IsConfigured = true })];

        Assert.EndsWith("each of the 3 silos has a replica already; " + remedy, Assert.Single(Plans.Of(Plans.Model(8), new DeploymentWish { Replicas = replicas, Stages = stages }, silos).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_aSiloIsGone_itsStagesAloneMove()
    {
        var wish = new DeploymentWish { Replicas = 2, Stages = 2 };
        var before = Plans.Of(Plans.Model(8), wish, Plans.ThreeZones(200));
        Assert.Equal("a b|c b", Plans.Places(before));

        var after = Plans.Of(Plans.Model(8), wish, Plans.ThreeZones(200)[..2], before.Replicas);

        Assert.Equal("a b|b b", Plans.Places(after)); // a has a head already
        Assert.StartsWith("c is gone; ", after.Replicas[1].Stages[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_theHeadIsGone_anotherSiloGetsIt()
    {
        var wish = new DeploymentWish { Stages = 2 };
        var before = Plans.Of(Plans.Model(8), wish, Plans.ThreeZones(200));

        var after = Plans.Of(Plans.Model(8), wish, Plans.ThreeZones(200)[1..], before.Replicas);

        Assert.Equal("c b", Plans.Places(after));
    }

    [Fact]
    public void Plan_aSiloIsBack_nothingMoves()
    {
        var wish = new DeploymentWish { Stages = 2 };
        var before = Plans.Of(Plans.Model(8), wish, Plans.ThreeZones(200)[1..]);

        Assert.Equal(Plans.Places(before), Plans.Places(Plans.Of(Plans.Model(8), wish, Plans.ThreeZones(200), before.Replicas)));
    }
}
