using Granary.Chaos.Faults;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Survival;

public sealed class FaultScheduleTests
{
    private static readonly FaultKind[] All = Enum.GetValues<FaultKind>();

    [Fact]
    public void Draw_sameSeed_sameSchedule() => Assert.Equal(Draw(7).Select(fault => fault.ToString()), Draw(7).Select(fault => fault.ToString()));

    [Fact]
    public void Draw_anotherSeed_anotherSchedule() => Assert.NotEqual(Draw(7).Select(fault => fault.ToString()), Draw(8).Select(fault => fault.ToString()));

    [Fact]
    public void Draw_ofTenMinutes_hasEveryKindInSomeSeedsAndNearlyAFaultEveryTenSeconds()
    {
        var schedules = Enumerable.Range(1, 20).Select(Draw).ToList();

        Assert.Equal(All.Order(), schedules.SelectMany(schedule => schedule).Select(fault => fault.Kind).Distinct().Order());
        Assert.All(schedules, schedule => Assert.InRange(schedule.Count, 55, 60));
    }

    [Fact]
    public void Draw_anySeed_leavesASiloAlone()
    {
        FaultKind[] takeSilos = [FaultKind.KillSilo, FaultKind.KillZone, FaultKind.PauseSilo];
        foreach (var schedule in Enumerable.Range(1, 200).Select(Draw))
        {
            Assert.All(schedule, fault =>
            {
                var away = schedule.Where(other => takeSilos.Contains(other.Kind) && other.At <= fault.At && other.At + other.Lasts > fault.At).SelectMany(other => other.Targets);
                Assert.True(away.Distinct().Count() < SiloSpec.FourSilos.Count);
            });
        }
    }

    private static IReadOnlyList<Fault> Draw(int seed) => FaultSchedule.Draw(seed, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10), SiloSpec.FourSilos, All);
}
