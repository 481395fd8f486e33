using Granary.Deployments;
using Granary.Deployments.Planning;

namespace Granary.Grains.Tests.Deployments.Planning;

/// <summary>Small models and silos for tests of the planner: layers of 10 MiB, ends of 10 MiB, no KV cache.</summary>
internal static class Plans
{
    public const long Mebibyte = 1 << 20;

    public static ModelSizes Model(int layers) => new()
    {
        EndsBytes = 10 * Mebibyte,
        LayerBytes = [.. Enumerable.Repeat(10 * Mebibyte, layers)],
        ExpertBytes = new long[layers],
        KvBytesPerLayer = 0,
        MaxPositions = 100,
    };

    public static SiloCapacity Silo(string name, string zone, long mebibytes, double speed = 1, params (string Silo, double Ms)[] latency) => new()
    {
        Address = name,
        Name = name,
        Zone = zone,
        FreeBytes = mebibytes * Mebibyte,
        Speed = speed,
        LatencyMs = latency.ToDictionary(entry => entry.Silo, entry => entry.Ms, StringComparer.Ordinal),
    };

    public static SiloCapacity[] ThreeZones(long mebibytes) => [Silo("a", "az-a", mebibytes), Silo("b", "az-b", mebibytes), Silo("c", "az-c", mebibytes)];

    public static DeploymentPlan Of(ModelSizes model, DeploymentWish wish, SiloCapacity[] silos, params PlannedReplica[] current) =>
        DeploymentPlanner.Plan(new PlanInput("model", model, wish, silos, current));

    /// <summary>Silos of the stages, replica after replica, such as <c>a b|c a</c>.</summary>
    public static string Places(DeploymentPlan plan) => string.Join('|', plan.Replicas.Select(replica => string.Join(' ', replica.Stages.Select(stage => stage.Silo))));
}
