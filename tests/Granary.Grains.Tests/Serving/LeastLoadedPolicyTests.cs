using Granary.Serving;

namespace Granary.Grains.Tests.Serving;

public sealed class LeastLoadedPolicyTests
{
    [Theory]
    [InlineData("own zone-a 5 0|near zone-a 0 0|far zone-b 0 0", "own")]
    [InlineData("own zone-a 5 1|near zone-a 3 0|far zone-b 0 0", "near")]
    [InlineData("near zone-a 8 2|far zone-b 8 1", "far")]
    [InlineData("far1 zone-b 8 0|far2 zone-c 7 0", "far2")]
    public void Choose_looks_at_queue_then_distance_then_running(string replicas, string expected)
    {
        var candidates = replicas.Split('|').Select(text => text.Split(' ')).Select(parts => new ReplicaDescriptor
        {
            Model = "m",
            Fingerprint = "f",
            ShardKey = parts[0],
            Silo = parts[0],
            Zone = parts[1],
            MaxPositions = 1,
            Running = int.Parse(parts[2]),
            Waiting = int.Parse(parts[3]),
        }).ToList();

        Assert.Equal(expected, new LeastLoadedPolicy().Choose(new RoutingContext(candidates, "own", "zone-a", null)).Silo);
    }
}
